// Runs one program after another, so that Node and what they import are loaded once. A program is a module whose default
// export is a function. Requests arrive on standard input and answers leave on standard output, a line of JSON each; what
// programs print on it is kept for the answer of one that fails.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

let printed = "";
process.stdout.write = (text) => {
  printed += text;
  return true;
};

for await (const line of createInterface({ input: process.stdin })) {
  const { program, argument } = JSON.parse(line);
  printed = "";
  let answer;
  try {
    const { default: main } = await import(program);
    answer = { result: (await main(argument)) ?? null };
  } catch (error) {
    answer = { error: `${printed}\n${error.stack ?? error}` };
  }
  let bytes = Buffer.from(JSON.stringify(answer) + "\n");
  while (bytes.length) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      // Node makes a pipe non-blocking, and this one is full: whoever reads it is slow.
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
