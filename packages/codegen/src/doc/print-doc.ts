import { type Doc, hardline, indent } from "./doc.ts";

interface Command {
  readonly depth: number;
  readonly broken: boolean;
  readonly doc: Doc;
}

const step = "  ";
const newline = (depth: number): string => `\n${step.repeat(depth)}`;

/** Prints a layout in lines of at most `width` columns, as far as its breaks allow. */
export const printDoc = (doc: Doc, width: number = 120): string => {
  const out: string[] = [];
  const stack: Command[] = [{ depth: 0, broken: true, doc }];
  let column = 0;
  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { depth, broken, doc: current } = command;
    if (typeof current === "string") {
      out.push(current);
      column += current.length;
      continue;
    }
    if (!("kind" in current)) {
      for (const part of [...current].reverse()) stack.push({ depth, broken, doc: part });
      continue;
    }
    switch (current.kind) {
      case "line":
        if (broken || current.breaks) {
          trimEnd(out);
          out.push(newline(depth));
          column = depth * step.length;
        } else {
          out.push(current.flat);
          column += current.flat.length;
        }
        break;
      case "indent":
        stack.push({ depth: depth + 1, broken, doc: current.content });
        break;
      case "ifBroken":
        if (broken) stack.push({ depth, broken, doc: current.content });
        break;
      case "group": {
        const flat: Command = { depth, broken: false, doc: current.content };
        const isFlat = !current.breaks && (!broken || fits(flat, stack, width - column));
        stack.push(isFlat ? flat : { depth, broken: true, doc: current.content });
        break;
      }
      case "hang": {
        const beside: Command = { depth, broken: true, doc: [" ", current.content] };
        const below: Command = { depth, broken: true, doc: indent([hardline, current.content]) };
        stack.push(fits(beside, stack, width - column) ? beside : below);
        break;
      }
      case "choice": {
        const states = current.states.map((state): Command => ({ depth, broken: false, doc: state }));
        const chosen = broken ? states.find((state) => fits(state, stack, width - column)) : states[0];
        const last = current.states.at(-1) ?? "";
        stack.push(chosen ?? { depth, broken: true, doc: last });
        break;
      }
      case "fill":
        for (const [index, word] of current.words.entries()) {
          if (index > 0) {
            const isFull = column + 1 + word.length > width;
            out.push(isFull ? newline(depth) : " ");
            column = isFull ? depth * step.length : column + 1;
          }
          out.push(word);
          column += word.length;
        }
        break;
    }
  }
  trimEnd(out);
  return out.join("");
};

/** Does the command, and what follows it up to the next newline, fit into `room` columns? */
const fits = (next: Command, rest: readonly Command[], room: number): boolean => {
  const todo: Command[] = [next];
  let left = room;
  let following = rest.length;
  while (left >= 0) {
    const command = todo.pop() ?? rest[--following];
    if (command === undefined) return true;
    const { depth, broken, doc } = command;
    if (typeof doc === "string") {
      left -= doc.length;
      continue;
    }
    if (!("kind" in doc)) {
      for (const part of [...doc].reverse()) todo.push({ depth, broken, doc: part });
      continue;
    }
    switch (doc.kind) {
      case "line":
        if (broken || doc.breaks) return true;
        left -= doc.flat.length;
        break;
      case "indent":
        todo.push({ depth, broken, doc: doc.content });
        break;
      case "ifBroken":
        if (broken) todo.push({ depth, broken, doc: doc.content });
        break;
      case "group":
        todo.push({ depth, broken: broken || doc.breaks, doc: doc.content });
        break;
      case "hang":
        if (broken) return true;
        todo.push({ depth, broken, doc: [" ", doc.content] });
        break;
      case "choice":
        todo.push({ depth, broken, doc: (broken ? doc.states.at(-1) : doc.states[0]) ?? "" });
        break;
      case "fill":
        left -= doc.words.join(" ").length;
        break;
    }
  }
  return false;
};

/** Lines do not end in blanks. */
const trimEnd = (out: string[]): void => {
  for (let last = out.pop(); last !== undefined; last = out.pop()) {
    const trimmed = last.replace(/ +$/, "");
    if (trimmed === "") continue;
    out.push(trimmed);
    return;
  }
};
