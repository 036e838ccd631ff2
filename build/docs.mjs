// Writes what is generated from the code: docs/reference/{config.md,errors.md,inspect.md,openapi.json}, and the sample sluice.yml.
// With --check it writes nothing and fails when a file differs.
import {readFileSync, writeFileSync} from 'node:fs';
import {format, resolveConfig} from 'prettier';
import {formOf} from '../lib/config/form.ts';
import {keyFacts} from '../lib/config/key.ts';
import {pathKeys} from '../lib/config/path-keys.ts';
import {configSchema} from '../lib/config/schema.ts';
import {describeApi} from '../lib/api/openapi.ts';
import {routes} from '../lib/api/routes/table.ts';
import {errorKinds} from '../lib/errors.ts';
import {kinds, meanings} from './error-meanings.mjs';
import {inspectReference, unsaidRemarks} from './inspect-reference.mjs';

const {paths, pathDefaults, ...globalKeys} = configSchema.shape;

const files = {
	'docs/reference/config.md': configReference(),
	'docs/reference/errors.md': errorsReference(),
	'docs/reference/inspect.md': inspectReference(),
	'docs/reference/openapi.json': JSON.stringify(describeApi(routes)),
	'sluice.yml': sample(),
};
const stale = [];
for (const [file, text] of Object.entries(files)) {
	const wanted = await format(text, {...(await resolveConfig(file)), filepath: file});
	if (read(file) === wanted) continue;
	stale.push(file);
	if (!process.argv.includes('--check')) writeFileSync(file, wanted);
}
const unsaid = Object.keys(errorKinds).filter(code => meanings[code] === undefined);
if (unsaid.length > 0)
	fail(`build/error-meanings.mjs: expected a sentence for ${unsaid.join(', ')}`);
const unsaidRemark = unsaidRemarks();
if (unsaidRemark.length > 0)
	fail(`build/remark-meanings.mjs: expected a sentence for ${unsaidRemark.join(', ')}`);
if (process.argv.includes('--check') && stale.length > 0) {
	fail(`${stale.join(', ')}: differ from the code, node build/docs.mjs writes them`);
}

function fail(text) {
	console.log(text);
	process.exitCode = 1;
}

function read(file) {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return undefined;
	}
}

function configReference() {
	return `# Configuration

<!-- Written by build/docs.mjs from lib/config. -->

A YAML file in the vocabulary of MediaMTX: the same keys, forms and meanings where Sluice has the feature.
\`sluice config.yml\` reads it, \`sluice\` alone reads \`sluice.yml\` if there is one, \`sluice check config.yml\` tells
what is wrong with it. [sluice.yml](../../sluice.yml) has every key with its default.

- A key of MediaMTX that Sluice lacks is a warning, or an error where it limits access. A key that nobody knows is
  an error with its line and the nearest known one; then nothing starts, and a running server stays as it was.
- Yes and no may be written \`yes\`, \`no\`, \`true\`, \`false\`, \`on\` or \`off\`. Keys that take a word take it as it is written here.
- Durations: \`10s\`, \`1m30s\`, \`1.5h\`, \`200ms\`, \`1d\`. Sizes: \`50M\`, \`64K\`, \`65536\`; K, M and G are powers of 1024.
- Addresses: \`:8080\` is every address of the machine, \`127.0.0.1:8080\` and \`[::1]:8080\` one, \`off\` none.
- An environment variable goes over the file: \`SLUICE_HTTPADDRESS=:80\`, \`SLUICE_PATHS_CAM_SOURCE=rtsp://...\`,
  \`SLUICE_AUTHINTERNALUSERS_0_USER=admin\`. In the name of a path \`_\` stands for every character but letters and digits;
  a path that the file does not have gets the name in lower case. Lists are written with commas.
- SIGHUP, or a change of the file that is half a second old, loads it anew. Keys marked *live* take effect at once. The others
  under *Everywhere* take effect at the next start, which the log tells: listeners stay as they are. The others under *Paths* start the
  source of just those paths anew whose keys changed.
- A running server refuses an empty file, and one that takes away the last of \`authInternalUsers\`, as it refuses a wrong one: all stays as it
  was, and the log tells why. A file that is being saved looks like that for a moment, and would let everybody in. Whoever means it
  starts the server anew, or writes the user \`any\` with what everybody may do.
- Names of paths have letters A-Z a-z, digits, \`_ . ~ -\`, and \`/\` between them. (MediaMTX allows a colon as well; here \`$G1\` of a
  name goes into the URL of a source, where it would choose the port.)
- Keys marked *ours* are not known to MediaMTX.
- What the API changes is kept in \`<file>.state.json\` and goes over file and environment.

## Everywhere

${table(globalKeys)}

## Paths

\`pathDefaults\`: ${pathDefaults.description} \`paths\`: ${paths.description}

A name is segments of \`A-Z a-z 0-9 _ . ~ -\` with \`/\` between them. It does not begin with \`v3\`, \`metrics\`, \`healthz\`,
\`readyz\`, \`stats\`, \`wall\` or \`assets\`, nor end with \`/live\`, \`/whep\`, \`/whip\`, \`/index.m3u8\`, \`/live.flv\` or
\`/snapshot.*\`: these are the server's own.

\`\`\`yaml
paths:
  door:
    source: rtsp://user:password@192.168.1.20/Streaming/Channels/101
    sourceOnDemand: yes
  ~^hall/(\\d+)$:
    source: rtsp://user:password@192.168.1.30/cam$G1
    sourceOnDemand: yes
  desk:
    gstreamer: v4l2src ! videoconvert ! x264enc tune=zerolatency ! h264parse ! hubsink
  all_others:
\`\`\`

${table(pathKeys)}
`;
}

function table(keys) {
	const rows = Object.entries(keys).map(([key, schema]) => {
		const {default: initial, isLive, isOurs} = keyFacts.get(schema);
		const marks = [isLive ? 'live' : '', isOurs ? 'ours' : ''].filter(mark => mark !== '');
		const cells = [`\`${key}\``, formText(schema), defaultText(initial), marks.join(', ')];
		return `| ${[...cells, schema.description].map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	});
	return ['| key | form | default | | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join(
		'\n',
	);
}

function formText(schema) {
	const {type, format, enum: words, minimum, maximum} = formOf(schema);
	if (words) return words.map(word => `\`${word}\``).join(', ');
	if (format) return format;
	if (type === 'boolean') return 'yes or no';
	if (type === 'integer') return `${minimum} to ${maximum}`;
	return type === 'array' ? 'list' : 'text';
}

function defaultText(value) {
	if (Array.isArray(value)) return value.length === 0 ? '' : `\`[${value.join(', ')}]\``;
	return value === '' ? '' : `\`${yamlValue(value)}\``;
}

function errorsReference() {
	const codes = Object.entries(errorKinds).sort(([a], [b]) => (a < b ? -1 : 1));
	return `# Errors

<!-- Written by build/docs.mjs from lib/errors.ts. -->

The API and the pages answer with \`{error, code, context}\`: a sentence, one of these codes, and what helps to find
the case in a log or a capture. Logs name the same codes.

| kind | meaning | try again |
| --- | --- | --- |
${Object.entries(kinds)
	.map(([kind, [meaning, retry]]) => `| ${kind} | ${meaning} | ${retry} |`)
	.join('\n')}

| code | kind | meaning |
| --- | --- | --- |
${codes.map(([code, kind]) => `| \`${code}\` | ${kind} | ${meanings[code] ?? ''} |`).join('\n')}
`;
}

function sample() {
	const line = (key, schema, indent) => {
		const {default: initial, pending} = keyFacts.get(schema);
		// To say what is not acted upon would be a warning.
		const mark = pending?.(initial) === undefined ? '' : '# ';
		return [
			...comment(schema.description, indent),
			`${indent}${mark}${key}: ${yamlValue(initial)}`,
			'',
		];
	};
	const section = (keys, indent) =>
		Object.entries(keys).flatMap(([key, schema]) => line(key, schema, indent));
	return [
		'# Every key of Sluice with its default. Written by build/docs.mjs; docs/reference/config.md says more.',
		'',
		...section(globalKeys, ''),
		...comment(pathDefaults.description, ''),
		'pathDefaults:',
		...section(pathKeys, '  '),
		...comment(paths.description, ''),
		'paths:',
		'  # door:',
		'  #   source: rtsp://user:password@192.168.1.20/Streaming/Channels/101',
		'  #   sourceOnDemand: yes',
		'  all_others:',
		'',
	].join('\n');
}

function comment(text, indent) {
	const lines = [`${indent}#`];
	for (const word of text.replaceAll('`', '').split(' ')) {
		if (`${lines.at(-1)} ${word}`.length > 100) lines.push(`${indent}#`);
		lines.push(`${lines.pop()} ${word}`);
	}
	return lines;
}

function yamlValue(value) {
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (Array.isArray(value)) return `[${value.map(item => JSON.stringify(item)).join(', ')}]`;
	return value === '' ? "''" : String(value);
}
