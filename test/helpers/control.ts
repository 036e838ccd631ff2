import {EventEmitter} from 'node:events';
import type {ExecutionContext} from 'ava';
import {pino} from 'pino';
import {loadConfig} from '../../lib/config/load.ts';
import {Control} from '../../lib/media/control.ts';
import {Delivery} from '../../lib/media/delivery.ts';
import {createLine} from '../../lib/media/line.ts';
import type {PipelineWish} from '../../lib/media/pipeline-readers.ts';
import type {Native, NativeStream} from '../../lib/native/native.ts';
import {manualClock} from './manual-clock.ts';
import {ScriptedSource, ScriptedStream} from './scripted-source.ts';

export const config = (text: string) => loadConfig({text, env: {}}).config;

type Offer = EventEmitter<{withdrawn: []}> & {calls: string[]};
type Wish = PipelineWish & EventEmitter<{unwanted: []}> & {calls: string[]};

/** Control and delivery on a clock turned by hand, with sources and streams that do what the test says. */
export const startControl = (
	t: ExecutionContext,
	text: string,
	sourceTable?: Record<string, never>,
) => {
	const clock = manualClock();
	const sources: ScriptedSource[] = [];
	const opened: string[] = [];
	const streams: ScriptedStream[] = [];
	const native = Object.assign(new EventEmitter(), {
		openStream: () => {
			const stream = new ScriptedStream(clock);
			streams.push(stream);
			return stream as unknown as NativeStream;
		},
	});
	const open = ({source, stream}: {source: string; stream: unknown}) => {
		opened.push(source);
		const made = new ScriptedSource(stream as ScriptedStream);
		sources.push(made);
		return made;
	};
	const line = createLine();
	const lines: string[] = [];
	const logger = pino({level: 'silent'}, {write: text => lines.push(text)});
	const control = new Control({
		config: config(text),
		native: native as unknown as Native,
		sources: sourceTable ?? {test: open, rtsp: open},
		port: cloning(line.control),
		clock,
		random: () => 0,
		logger,
	});
	control.open();
	const delivery = new Delivery(cloning(line.delivery));
	t.teardown(async () => control.close());
	const wish = {peer: '127.0.0.1:1', start: true, counted: true, holds: true};
	let lastWish = 0;
	return {
		clock,
		sources,
		streams,
		opened,
		control,
		logger,
		lines,
		join: async (path: string, signal?: AbortSignal) =>
			delivery.join({...wish, path, protocol: 'hls'}, signal),
		publish: async (path: string) =>
			delivery.publish({path, protocol: 'rtsp', peer: '127.0.0.1:2'}),
		offer(path: string, id = ++lastWish): Offer {
			const calls: string[] = [];
			const made = Object.assign(new EventEmitter<{withdrawn: []}>(), {
				id,
				path,
				calls,
				accept: (stream: number) => calls.push(`accept ${stream}`),
				refuse: (reason: string) => calls.push(`refuse ${reason}`),
			});
			native.emit('offered', made);
			return made;
		},
		want({path, feeds}: {path: string; feeds: string[]}): Wish {
			const calls: string[] = [];
			const made = Object.assign(new EventEmitter<{unwanted: []}>(), {
				id: ++lastWish,
				path,
				feeds,
				calls,
				accept: (stream: number) => calls.push(`accept ${stream}`),
				refuse: (reason: string) => calls.push(`refuse ${reason}`),
				close: () => calls.push('close'),
			});
			native.emit('wanted', made);
			return made;
		},
	};
};

/** Nothing goes over the line that could not go to another thread. */
const cloning = <Out, In>(port: {post(message: Out): void; onMessage: (message: In) => void}) => ({
	post: (message: Out) => port.post(structuredClone(message)),
	set onMessage(handle: (message: In) => void) {
		port.onMessage = handle;
	},
	get onMessage() {
		return port.onMessage;
	},
});
