// ajv as the second opinion on schemas/canonical: what the codec takes, the schema takes; what it refuses, the schema refuses, unless the
// rule is between members (listed here) or about the text of the JSON. --control loosens the schemas and must find differences.
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const control = process.argv.includes('--control');
const BETWEEN_MEMBERS = ['duplicate_key'];
// Codes of single mistakes that a JSON Schema of ours does not express: document/case.
const BEYOND_A_SCHEMA = new Set([
  'customer/ship_to_codes', 'invoice_request/beyond_exponent', 'item/base_unit_listed', 'item/gtin_check_digit', 'item/safety_twice',
  'order_request/line_numbers_repeat', 'order_request/neither_sku', 'order_request/totals_beyond_exponent', 'shipment_request/no_order',
  'shipment_request/order_half_named', 'shipment_request/order_not_named', 'shipment_request/sscc_check_digit',
  'supply/line_numbers_repeat',
]);
const json = path => JSON.parse(readFileSync(path, 'utf8'));

function loosen(schema) {
  if (schema === null || typeof schema !== 'object') return schema;
  if (Array.isArray(schema)) return schema.map(loosen);
  return Object.fromEntries(Object.entries(schema).filter(([word]) => word !== 'required' && word !== 'additionalProperties')
    .map(([word, value]) => [word, loosen(value)]));
}

const ajv = new Ajv2020({allErrors: true, strict: true, allowUnionTypes: true, strictTypes: false});
addFormats(ajv);
ajv.addFormat('decimal', true);
ajv.addFormat('int64', {type: 'number', validate: Number.isInteger});

let checked = 0;
const differences = [];
for (const document of readdirSync(join(root, 'tests/model/cases'))) {
  const path = join(root, 'schemas/canonical', document, 'v1.json');
  if (!existsSync(path)) continue;
  const schema = json(path);
  const validate = ajv.compile(control ? loosen(schema) : schema);
  for (const name of readdirSync(join(root, 'tests/model/cases', document))) {
    const folder = join(root, 'tests/model/cases', document, name);
    if (existsSync(join(folder, 'want.malformed.json'))) continue;
    const good = existsSync(join(folder, 'want.json'));
    for (const file of good ? ['in.json', 'want.json'] : ['in.json']) {
      const taken = validate(json(join(folder, file)));
      checked += 1;
      if (taken === good) continue;
      const codes = good ? [] : json(join(folder, 'want.mistakes.json')).map(mistake => mistake.code);
      if (taken && (BEYOND_A_SCHEMA.has(`${document}/${name}`) || codes.every(code => BETWEEN_MEMBERS.includes(code)))) continue;
      differences.push(`${document}/${name}/${file}: ${taken ? 'taken' : ajv.errorsText(validate.errors)}`);
    }
  }
}
for (const difference of differences) console.error(difference);
console.log(`canonical: ${checked} bodies, ${differences.length} differences`);
process.exit(differences.length ? 1 : 0);
