import {styleText} from 'node:util';
import {pino} from 'pino';
import {toMediaError} from '../errors.ts';
import type {MediaError} from '../errors.ts';
import {formatReport} from '../inspect/format.ts';
import type {Paint} from '../inspect/format.ts';
import {look} from '../inspect/look.ts';
import type {Report} from '../inspect/report.ts';
import {printable} from '../inspect/words.ts';
import {openNative} from '../native/native.ts';
import {redactUrls} from '../util/redact.ts';
import type {Order} from './arguments.ts';
import {say} from './say.ts';

type InspectOrder = Extract<Order, {type: 'inspect'}>;

/**
 * `sluice inspect URL`: prints what a camera sends. The answer is the exit code: 1 when no packet came,
 * with the cause on standard error; what was asked and answered up to then is printed all the same.
 */
export const inspect = async (order: InspectOrder): Promise<number> => {
	const {url, seconds, packets, fingerprint} = order;
	const native = openNative();
	try {
		tellStart(order);
		const signal = untilInterrupted();
		const logger = pino({level: 'silent'});
		const durationMs = seconds * 1000;
		const bounds = {durationMs, rows: packets, signal};
		const {report, failure} = await look({native, url, fingerprint, ...bounds, logger});
		if (order.isJson || report.connection.exchanges.length > 0) await say(format(order, report));
		if (report.packets.length > 0 || report.tracks.some(({first}) => first !== null)) return 0;
		complain(failure ? withCode(failure) : 'Expected packets from the camera, got none');
		return 1;
	} catch (error) {
		complain(withCode(toMediaError(error)));
		return 1;
	} finally {
		native.close();
	}
};

const withCode = ({message, code}: MediaError): string => `${message} (${code})`;

const complain = (sentence: string): void => {
	process.stderr.write(`sluice: ${printable(redactUrls(sentence))}\n`);
};

/** Somebody who waits wants to know how long; whoever reads a pipe does not. */
const tellStart = ({seconds}: InspectOrder): void => {
	if (process.stderr.isTTY)
		process.stderr.write(`looking for ${seconds} s, Ctrl-C ends it with what was seen so far\n`);
};

/** The first Ctrl-C ends the look, a second one the process, as everywhere. */
const untilInterrupted = (): AbortSignal => {
	const abort = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
	return abort.signal;
};

const format = ({isJson}: InspectOrder, report: Report): string =>
	isJson ? `${JSON.stringify(report, null, '\t')}\n` : formatReport(report, paint);

const styles = {title: 'bold', remark: 'yellow'} as const;

/** Colours for terminals only, unless NO_COLOR is set. */
const paint: Paint = (style, text) => styleText(styles[style], text, {stream: process.stdout});
