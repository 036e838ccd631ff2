// Viewers for measurements: as many players of low-latency HLS as wanted, whose media is thrown away. Each waits for every
// playlist and for the part that it hints at, as players do: ten requests a second with parts of 200 ms.
// usage: hls-viewers.ts URL COUNT
import {Agent, get} from 'node:http';
import type {IncomingMessage} from 'node:http';
import {once} from 'node:events';
import {gunzipSync} from 'node:zlib';

const [url = '', count = '1'] = process.argv.slice(2);

/** Requests of one viewer, on two connections that stay. */
const asker = () => {
	const agent = new Agent({keepAlive: true, maxSockets: 2});
	const headers = {'accept-encoding': 'gzip'};
	return async (target: string): Promise<Buffer> => {
		const [answer] = (await once(get(target, {agent, headers}), 'response')) as [IncomingMessage];
		const chunks: Buffer[] = [];
		for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
		if (answer.statusCode !== 200) fail(`${answer.statusCode} for ${target}`);
		const bytes = Buffer.concat(chunks);
		return answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
	};
};

const view = async (): Promise<void> => {
	const ask = asker();
	const [media = ''] = String(await ask(url)).match(/^[^#\n].*$/m) ?? [];
	const address = new URL(media, url);
	for (let text = String(await ask(address.href)); ;) {
		const {msn, part, hint} = nextOf(text);
		address.searchParams.set('_HLS_msn', String(msn));
		address.searchParams.set('_HLS_part', String(part));
		const [playlist] = await Promise.all([ask(address.href), ask(new URL(hint, url).href)]);
		text = String(playlist);
	}
};

/** The part that comes next: behind the last segment that is whole. */
const nextOf = (text: string) => {
	const whole = text.match(/^[^#\n].*$/gm) ?? [];
	const open = text.slice(text.lastIndexOf(whole.at(-1) ?? '#EXTM3U'));
	return {
		msn: Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]) + whole.length,
		part: (open.match(/^#EXT-X-PART:/gm) ?? []).length,
		hint: /#EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(text)?.[1] ?? '',
	};
};

const fail = (reason: string): never => {
	process.stderr.write(`viewers: ${reason}\n`);
	process.exit(1);
};

for (let index = 0; index < Number(count); index++)
	view().catch((error: unknown) => fail(String(error)));
