// Prints each report once. The number of reports to stop at may be given.
import { readFileSync } from "node:fs";
import { Kafka as CloudEvents } from "cloudevents";
import { Kafka, KafkaMessage, logLevel } from "kafkajs";
import type { EventsByType } from "./events";

const REPORTED = "be.bin.incident.reported.v1";
const wanted = Number(process.argv[2] ?? Infinity);
const seen = new Set<string>(); // in earnest: a table, in the transaction of the effect
const username = process.env.BIN_USERNAME!;
const password = readFileSync(process.env.BIN_PASSWORD_FILE!, "utf8").trim();
const kafka = new Kafka({
  brokers: [process.env.BIN_BOOTSTRAP!],
  ssl: process.env.BIN_SECURITY_PROTOCOL !== "SASL_PLAINTEXT",
  sasl: { mechanism: "scram-sha-512", username, password },
  logLevel: logLevel.ERROR,
});

function take(message: KafkaMessage): void {
  const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]));
  const record = { headers, key: String(message.key), value: String(message.value), body: undefined };
  const event = CloudEvents.toEvent<string>(record);
  if (Array.isArray(event) || event.type !== REPORTED || seen.has(event.id)) return;
  const report: EventsByType[typeof REPORTED] = JSON.parse(String(message.value));
  console.log(`${report.reference} ${report.category} ${report.location.nis}`);
  seen.add(event.id);
}

async function main(): Promise<void> {
  const consumer = kafka.consumer({ groupId: `${username}.typescript-sample` });
  await consumer.connect();
  await consumer.subscribe({ topic: "bin.incidents", fromBeginning: true });
  const done = new Promise<void>((resolve) => {
    const eachMessage = async ({ topic, message }: { topic: string; message: KafkaMessage }) => {
      try {
        take(message);
      } catch {
        console.log(`put aside: ${topic}@${message.offset}`);
      }
      if (seen.size >= wanted) resolve();
    };
    consumer.run({ eachMessage }); // commits by itself, after eachMessage returned
  });
  await done;
  await consumer.disconnect();
}

void main();
