// Reads records from a file, and prints for each the code with which it is put aside and the events that are applied.
import { readFileSync } from "node:fs";
import { InOrder, fold, headersOf, type BinEvent, type Step } from "./streams.js";

const streams = new InOrder();
const kept: BinEvent[] = [];
const asJson = (steps: Step[]) => steps.map(({ event, late }) => [event.key, event.sequence, late]);
for (const { headers, value, now } of JSON.parse(readFileSync(process.argv[2]!, "utf8"))) {
  if (headers === undefined) {
    console.log(JSON.stringify([null, asJson(streams.overdue(now))]));
    continue;
  }
  const bytes = Object.fromEntries(Object.entries<string>(headers).map(([name, text]) => [name, Buffer.from(text, "base64")]));
  const { steps, aside } = streams.take(headersOf(bytes), value === null ? null : Buffer.from(value, "base64"), now);
  kept.push(...steps.map(({ event }) => event));
  console.log(JSON.stringify([aside?.code ?? null, asJson(steps)]));
}
const last = kept.at(-1)!.key;
console.log(JSON.stringify(fold(kept.filter(({ key }) => key === last), [] as number[], (seen, { sequence }) => [...seen, sequence])));
