namespace js orders
namespace go orders

struct Order {
  1: required i64 id
  2: required string item
  3: required i32 count
  /** Who it is for; the middleware knows. */
  4: required string tenant
}

exception OrderNotFound {
  1: required string message
  2: required i64 id
}

service OrderService {
  /** Looks an order up. */
  Order GetOrder(1: i64 id) throws (1: OrderNotFound notFound)
}
