// Typed objects over the ids of the door: one class per kind of native object.
import {EventEmitter} from 'node:events';
import type {
	Id,
	IngestSpec,
	LendRequest,
	ListenSpec,
	NativeBinding,
	NativeBlock,
	NativeEvent,
	OutputSpec,
	PipelineSpec,
	ProcessStats,
	StreamSpec,
	StreamStats,
	TcpInfo,
	TrackInfo,
} from './binding.ts';

type EventOf<Type extends NativeEvent['type']> = Extract<NativeEvent, {type: Type}>;

export type StreamEvents = {epoch: [EventOf<'epoch'>]; closed: []};
export type IngestEvents = {text: [text: string]; drained: []; closed: []};
export type OutputEvents = {init: [EventOf<'init'>]; segment: [EventOf<'segment'>]; closed: []};
export type PipelineEvents = {
	state: [state: 'playing' | 'paused'];
	eos: [];
	failed: [EventOf<'failed'>];
	picture: [block: Block];
	stopped: [];
};
