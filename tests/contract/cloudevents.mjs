// Reads [{key, value, headers}] on standard input and holds each against the CloudEvents SDK, Kafka's binary mode. Prints {"count", "faults"}.
import {readFileSync} from 'node:fs';
import {Kafka} from 'cloudevents';

const faults = [];
const records = JSON.parse(readFileSync(0, 'utf8'));
for (const [place, record] of records.entries()) {
  try {
    if (!Kafka.isEvent(record)) throw new Error('no CloudEvent in Kafka binary mode');
    const event = Kafka.toEvent({...record, body: record.value});
    event.validate();
    // The SDK takes partitionkey from the record key, so the header is compared here.
    if (record.headers.ce_partitionkey !== record.key) throw new Error(`ce_partitionkey ${record.headers.ce_partitionkey} and record key ${record.key}`);
  } catch (error) {
    faults.push({place, type: record.headers.ce_type, fault: String(error.message), errors: error.errors});
  }
}
console.log(JSON.stringify({count: records.length, faults}));
