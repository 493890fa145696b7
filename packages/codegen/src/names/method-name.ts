import type { ResolvedFunction, ResolvedService } from "@kitex-ts/thrift/idl";
import { freeName, isMethodName } from "./reserved.ts";

/**
 * The TypeScript spelling of a method: `SayHello` and `say_hello` are `sayHello`. Acronyms keep their letters (`GetURL` is `getURL`) and are in lower
 * case as first word (`HTTPGet` is `httpGet`). Underscores at both ends stay.
 */
export const lowerCamel = (name: string): string => {
  const [, head = "", body = "", tail = ""] = /^(_*)(.*?)(_*)$/s.exec(name) ?? [];
  // SCREAMING_CASE has no words in upper case, it has only upper case.
  const isShouted = body.includes("_") && body === body.toUpperCase();
  const [first = "", ...others] = body.split(/_+/).map((word) => (isShouted ? word.toLowerCase() : word));
  const rest = others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return head + lowerFirstWord(first) + rest + tail;
};

const lowerFirstWord = (word: string): string => {
  const upper = /^[A-Z]+/.exec(word)?.[0].length ?? 0;
  // The last upper-case letter before lower case begins the next word, except where it is the first.
  const count = upper > 1 && /[a-z]/.test(word.charAt(upper)) ? upper - 1 : upper;
  return word.slice(0, count).toLowerCase() + word.slice(count);
};

/**
 * The names of a service's methods in TypeScript, inherited ones included: lower camel case, and where two would be the same, the one that the IDL
 * spells so keeps it and the other gets a `_`.
 */
export const methodNames = (service: ResolvedService): ReadonlyMap<ResolvedFunction, string> => {
  const names = new Map(service.extends === undefined ? [] : methodNames(service.extends));
  const taken = new Set(names.values());
  const take = (method: ResolvedFunction, name: string): void => {
    names.set(method, name);
    taken.add(name);
  };
  const isFree = (name: string): boolean => !taken.has(name) && isMethodName(name);
  const isExact = (method: ResolvedFunction): boolean => lowerCamel(method.name) === method.name;
  for (const method of service.functions.filter(isExact)) take(method, freeName(method.name, isFree));
  for (const method of service.functions.filter((each) => !isExact(each))) {
    take(method, freeName(lowerCamel(method.name), isFree));
  }
  return names;
};
