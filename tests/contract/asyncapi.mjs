// Validates AsyncAPI documents with the reference parser; exit 1 names every error. --control must find a planted one.
import {readFileSync} from 'node:fs';
import {Parser, fromFile} from '@asyncapi/parser';

const control = process.argv.includes('--control');
let failed = 0;
for (const path of process.argv.slice(2).filter(word => !word.startsWith('--'))) {
  const parser = new Parser();
  const text = readFileSync(path, 'utf8');
  const broken = text.replace(/action: send|"action": "send"/, match => match.replace('send', 'shout'));
  const {diagnostics} = control ? await parser.parse(broken, {source: path}) : await fromFile(parser, path).parse();
  const errors = diagnostics.filter(entry => entry.severity === 0);
  for (const entry of errors) console.error(`${path}: ${entry.path.join('.')}: ${entry.message}`);
  console.log(`${path}: ${errors.length} errors`);
  failed += errors.length;
}
process.exit(failed ? 1 : 0);
