// What every consumer needs. `parse` reads a record, or says why it cannot be read. `InOrder` applies each event once and
// in order. `fold` computes one state from the events of a key. All can be tested without a broker.
import { readFileSync } from "node:fs";
import formats from "ajv-formats";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { EventsByType } from "./events.js";

export type Code = "unknown_type" | "unknown_version" | "invalid_event";
export type Headers = Record<string, string>;
export interface BinEvent<T extends keyof EventsByType = keyof EventsByType> {
  id: string;
  type: T;
  key: string;
  sequence: number;
  data: EventsByType[T];
}

/** Thrown for a record that this program cannot read; `detail` contains no data of the record. */
export class Unreadable extends Error {
  constructor(readonly code: Code, readonly detail: string) {
    super(`${code}: ${detail}`);
  }
}

const MAX_VALUE_BYTES = 65536;
const { headers: headerSchema, events } = JSON.parse(readFileSync("reader-schemas.json", "utf8"));
const ajv = new Ajv2020();
formats.default(ajv);
const areHeaders = ajv.compile<Headers>(headerSchema);
const validators = new Map<string, ValidateFunction>();
for (const [type, { schema }] of Object.entries<{ schema: object }>(events)) validators.set(type, ajv.compile(schema));
const stems = new Set([...validators.keys()].map((type) => type.replace(/\.[^.]*$/, "")));

/** Returns the headers as text, by name without `ce_`; a header that is not UTF-8 is left out. */
export function headersOf(given: Record<string, unknown> | undefined): Headers {
  const found: Headers = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    try {
      if (name.startsWith("ce_")) found[name.slice(3)] = textOf(value as Uint8Array);
    } catch {
      continue; // ignore it: when the event needs this header, parsing fails below
    }
  }
  return found;
}

/** Returns the event of a record; throws Unreadable and nothing else. */
export function parse(headers: Headers, value: Uint8Array | null): BinEvent {
  if (!areHeaders(headers)) throw new Unreadable("invalid_event", `headers: ${ajv.errorsText(areHeaders.errors)}`);
  const validate = validators.get(headers.type);
  if (!validate) {
    const known = stems.has(headers.type.replace(/\.[^.]*$/, ""));
    throw new Unreadable(known ? "unknown_version" : "unknown_type", headers.type.slice(0, 200));
  }
  const data = jsonOf(value);
  if (!validate(data)) throw new Unreadable("invalid_event", `data: ${ajv.errorsText(validate.errors)}`);
  const key = (data as Record<string, unknown>)[events[headers.type].key];
  if (key !== headers.partitionkey) throw new Unreadable("invalid_event", "partitionkey differs from the data");
  return { id: headers.id, type: headers.type, key, sequence: Number(headers.sequence), data } as BinEvent;
}

/** Returns key and sequence of a record, also when type or data cannot be read; undefined when its headers lack them. */
export function placeOf(headers: Headers): { key: string; sequence: number } | undefined {
  if (!headers.partitionkey || !/^[0-9]{20}$/.test(headers.sequence ?? "") || !Number(headers.sequence)) return undefined;
  return { key: headers.partitionkey, sequence: Number(headers.sequence) };
}

export type Turn = "next" | "duplicate" | "late" | "early";

/** Says what to do with an event; `last` is the last applied sequence of its key, undefined before the first. */
export function turn(last: number | undefined, sequence: number, applied: boolean): Turn {
  if (applied) return "duplicate";
  if (last === undefined || sequence === last + 1) return "next";
  return sequence <= last ? "late" : "early";
}

export interface Step {
  event: BinEvent;
  /** Whether later events of its key were applied before it. */
  late: boolean;
}

interface Stream {
  last?: number;
  applied: Set<number>;
  waiting: Map<number, BinEvent | undefined>; // undefined: a record aside, which takes its place without effect
  since?: number;
}

/** Keeps the order of the streams of one topic in memory. In production, keep this state in three tables, written in the transaction of the effect. */
export class InOrder {
  private readonly streams = new Map<string, Stream>();

  constructor(private readonly waitMs = 600_000) {}

  /** Returns the events to apply now, in this order, and why the record must be put aside, if it cannot be read. */
  take(headers: Headers, value: Uint8Array | null, now: number): { steps: Step[]; aside?: Unreadable } {
    try {
      const event = parse(headers, value);
      return { steps: this.pass(event.key, event.sequence, event, now) };
    } catch (problem) {
      if (!(problem instanceof Unreadable)) throw problem;
      const place = placeOf(headers);
      return { steps: place ? this.pass(place.key, place.sequence, undefined, now) : [], aside: problem };
    }
  }

  /** Returns the events that have waited long enough for a missing one, to apply them without it. Call it regularly. */
  overdue(now: number): Step[] {
    const steps: Step[] = [];
    for (const stream of this.streams.values()) {
      if (stream.since === undefined || now - stream.since < this.waitMs) continue;
      stream.last = Math.min(...stream.waiting.keys()) - 1;
      steps.push(...this.follow(stream, now));
    }
    return steps;
  }

  private pass(key: string, sequence: number, event: BinEvent | undefined, now: number): Step[] {
    const stream: Stream = this.streams.get(key) ?? { applied: new Set(), waiting: new Map() };
    this.streams.set(key, stream);
    switch (turn(stream.last, sequence, stream.applied.has(sequence))) {
      case "next":
        stream.waiting.set(sequence, event);
        stream.last = sequence - 1;
        return this.follow(stream, now);
      case "late":
        if (!event) return [];
        stream.applied.add(sequence);
        return [{ event, late: true }];
      case "early":
        stream.waiting.set(sequence, event ?? stream.waiting.get(sequence));
        stream.since ??= now;
    }
    return [];
  }

  private follow(stream: Stream, now: number): Step[] {
    const steps: Step[] = [];
    while (stream.waiting.has(stream.last! + 1)) {
      const event = stream.waiting.get(++stream.last!);
      stream.waiting.delete(stream.last!);
      if (!event) continue;
      stream.applied.add(stream.last!);
      steps.push({ event, late: false });
    }
    stream.since = stream.waiting.size ? now : undefined;
    return steps;
  }
}

/** Computes one state from all stored events of a key, in the order of their sequence, whatever order they arrived in. */
export function fold<S>(kept: Iterable<BinEvent>, start: S, step: (state: S, event: BinEvent) => S): S {
  const bySequence = new Map([...kept].map((event) => [event.sequence, event]));
  return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence).reduce(step, start);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function jsonOf(value: Uint8Array | null): unknown {
  if (!value?.length || value.length > MAX_VALUE_BYTES) throw new Unreadable("invalid_event", "data: empty or too large");
  try {
    return JSON.parse(textOf(value));
  } catch {
    throw new Unreadable("invalid_event", "data: not JSON");
  }
}
