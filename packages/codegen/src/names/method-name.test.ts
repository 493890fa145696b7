import { describe, expect, it } from "vitest";
import { lowerCamel } from "./method-name.ts";

describe("lowerCamel()", () => {
  it.each([
    ["SayHello", "sayHello"],
    ["SayHello1", "sayHello1"],
    ["sayHello", "sayHello"],
    ["say_hello", "sayHello"],
    ["say__hello_2u", "sayHello2u"],
    ["GetURL", "getURL"],
    ["get_URL_of", "getURLOf"],
    ["HTTPGet", "httpGet"],
    ["URL", "url"],
    ["URL2Path", "url2Path"],
    ["A", "a"],
    ["GET_ALL", "getAll"],
    ["_private", "_private"],
    ["Trailing_", "trailing_"],
    ["_", "_"],
    ["__proto__", "__proto__"],
  ])("turns %s into %s", (name, expected) => expect(lowerCamel(name)).toBe(expected));
});
