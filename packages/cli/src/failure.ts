/** A command did not do what it was asked for; the message is for its user. Ends in exit code 1. */
export class Failure extends Error {
  override readonly name: string = "Failure";
}
