const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** No variable or parameter of a module can be called so. */
const keywords = words(`
  arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if
  implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var
  void while with yield
`);

/** No type can be called so. */
const typeNames = words("any bigint boolean never null number object string symbol undefined unknown void");

/** Allowed by the language, but not everywhere: `then` makes a module or a client look like a promise, the others belong to CommonJS. */
const trouble = words("then exports globalThis module require __dirname __filename __esModule");

/** Words that are read as operators where a type or an import is expected: `readonly`, `import { type as }`. */
const operators = words("as asserts infer keyof readonly type unique");

/**
 * What every object has, so that a method called so would be found where there is none; what makes an object a promise; and what an interface reads as
 * a constructor.
 */
const takenMembers = new Set([...Object.getOwnPropertyNames(Object.prototype), "new", "then"]);

/** Can a type and a constant of a module be called so? */
export const isDeclarable = (name: string): boolean =>
  !keywords.has(name) && !typeNames.has(name) && !trouble.has(name) && !operators.has(name);

/** Can a parameter be called so? */
export const isParameterName = (name: string): boolean => !keywords.has(name);

/** Can a method of a client or a handler be called so? */
export const isMethodName = (name: string): boolean => !takenMembers.has(name);

/** `name`, with as many `_` behind it as it takes to be free. */
export const freeName = (name: string, isFree: (candidate: string) => boolean): string => {
  let candidate = name;
  while (!isFree(candidate)) candidate += "_";
  return candidate;
};
