/* Names that are taken: by the language, by what is generated, by what generated code imports. */
include "dotted.name.v1.thrift"

namespace ts clashes

struct User { 1: i32 a }
struct UserInit { 1: i32 b }
struct UserInit_ { 1: i32 c }
struct class { 1: i32 class, 2: i32 constructor, 3: i32 __proto__, 4: i32 toString }
struct class_ { 1: required string a }
struct Map { 1: map<string, i32> a }
struct Promise { 1: Context context }
struct Context { 1: dotted.name.v1.User user, 2: User own }
enum StructDescriptor { A = 1, default = 2, __proto__ = 3 }
union then { 1: i32 case, 2: i32 value }
exception Error { 1: string message, 2: string name, 3: string cause }
typedef list<string> string_
const i32 undefined = 1
const StructDescriptor NaN = StructDescriptor.default

service GreetClient {}
service Greet {
  Promise then(1: i32 class, 2: i32 class_, 3: i32 arguments) throws (1: Error error)
  void GetUser()
  void getUser()
  void get_user()
  void new()
  void constructor()
  void toString()
  void __proto__()
  void delete(1: i32 delete)
  void _private()
  void HTTPGet()
  void GET_ALL()
  void ID()
}
