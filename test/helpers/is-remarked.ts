import test from 'ava';
import type {ExecutionContext} from 'ava';
import {lookAt} from './look.ts';
import type {Script} from './scripted-camera.ts';

/** What is unusual about a camera is told by exactly this remark, and in words. */
export const isRemarked = test.macro({
	async exec(t: ExecutionContext, what: string, script: Script, text: RegExp) {
		const {code, pictures} = parseWhat(what);
		const {report} = await lookAt(t, script, {pictures});
		const found = report.remarks.find(remark => remark.code === code && text.test(remark.text));
		t.regex(found?.text ?? JSON.stringify(report.remarks), text);
	},
	title: (_, what: string, _script: Script, text: RegExp) => {
		const {line, code} = parseWhat(what);
		return line === undefined
			? `${code} is remarked`
			: `line ${line}: ${code} is remarked: ${text.source}`;
	},
});

/**
 * `15: SDP_ODD` is about line 15, and seen before the first picture or in the first ones; `23: SLICES in 30 pictures`
 * takes more of them.
 */
const parseWhat = (what: string): {line: string | undefined; code: string; pictures: number} => {
	const [, line, code = '', pictures] =
		/^(?:(\d+): )?(\w+)(?: in (\d+) pictures)?$/.exec(what) ?? [];
	return {line, code, pictures: Number(pictures ?? (line === undefined ? 60 : 3))};
};
