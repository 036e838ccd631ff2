// docs/reference/inspect.md, from the schema of the report and the list of remarks.
import {z} from 'zod';
import {remarkCodes} from '../lib/inspect/remarks.ts';
import {reportSchema} from '../lib/inspect/report.ts';
import {remarkMeanings} from './remark-meanings.mjs';

export const inspectReference = () => `# sluice inspect

<!-- Written by build/docs.mjs from lib/inspect. -->

\`sluice inspect rtsp://user:password@camera/stream\` shows what a camera sends: the connection and its dialogue, the SDP, the
parameter sets decoded, the first packets and frames, what was measured, and what is unusual about it.

| option | default | |
| --- | --- | --- |
| \`--fingerprint SHA256\` | | the certificate that a camera over TLS has to show, whoever signed it |
| \`--seconds N\` | 10 | how long to look, from the first packet on; 1 to 86400 |
| \`--packets N\` | 30 | how many packets, and how many frames, are listed; 0 to 100000 |
| \`--json\` | | one JSON document instead of text |

The media come interleaved on the connection (RTP over TCP). Ctrl-C ends the look and prints what was seen so far. Passwords
are taken out of everything that is printed. Exit codes: 0 packets came; 1 none did: the cause and its code are on
standard error, the questions and answers up to then (with \`--json\` the document, \`ended\` being the cause) are printed all the same; 2 wrong words on the command line.

- **Bitrate** is that of RTP packets, headers included; the peak is that of the best whole second.
- What comes in the **first second** may be a burst of what the camera has kept: bitrate, jitter and frame rate by arrival are those of
  what comes later, if anything does. Counts (packets, bytes, losses, frames) are of all.
- **Jitter** is RFC 3550 section A.8. A picture of many packets has all of them at one RTP time, so a burst counts as jitter.
- **Frame rate by RTP time** is what players show; **by arrival** is what came. They differ when the clock is wrong.
- **Drift** fits a line through RTP time over arrival, leaving out the first 2 s, with its standard error: the longer the look, the better.
- **Wall clock** is that of the sender reports, less that of this machine.
- Pictures are I, P or B by their slices: one B slice makes a B picture. The bytes of a frame are those of its NAL units with four
  bytes of length each; parameter sets and delimiters are listed, and not counted.

## Remarks

| code | meaning |
| --- | --- |
${remarkCodes.map(code => `| \`${code}\` | ${meaningOf(code)} |`).join('\n')}

## JSON

Times in microseconds, sizes in bytes, \`null\` where it is not known. Fields may be added; \`version\` changes when one changes
its meaning or goes.

| field | type | |
| --- | --- | --- |
${rowsOf(z.toJSONSchema(reportSchema), '').join('\n')}
`;

/** Codes without a sentence. */
export const unsaidRemarks = () => remarkCodes.filter(code => meaningOf(code) === '');

function meaningOf(code) {
	return remarkMeanings[code] ?? '';
}

function rowsOf(schema, path) {
	return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
		const name = path === '' ? key : `${path}.${key}`;
		const {inner, suffix} = open(field);
		const row = `| \`${name}\` | ${typeOf(field)} | ${(field.description ?? '').replaceAll('|', '\\|')} |`;
		return [row, ...inner.flatMap(it => rowsOf(it, `${name}${suffix}`))];
	});
}

// What may lie inside a field: the fields of objects, of the items of lists, of each alternative.
function open(field) {
	const choices = (field.anyOf ?? field.oneOf ?? [field]).filter(({type}) => type !== 'null');
	if (choices.length === 1 && (choices[0].anyOf || choices[0].oneOf)) return open(choices[0]);
	const isList = choices.every(({type}) => type === 'array');
	return {inner: isList ? choices.map(({items}) => items) : choices, suffix: isList ? '[]' : ''};
}

function typeOf(field) {
	if (field.const !== undefined) return `\`${field.const}\``;
	if (field.enum) return field.enum.map(word => `\`${word}\``).join(', ');
	const choices = field.anyOf ?? field.oneOf;
	if (choices) return [...new Set(choices.map(typeOf))].join(' or ');
	if (field.type === 'array') return `list of ${typeOf(field.items)}`;
	return field.format === 'date-time' ? 'date' : [field.type].flat().join(' or ');
}
