// The package's door: what `import {createServer} from 'sluice'` gives.
export {createServer} from './server.ts';
export type {Server, ServerOptions} from './server.ts';
export {createStreamer} from './streamer/create.ts';
export type {StreamerOptions} from './streamer/options.ts';
export type {StreamerState, StreamerStatus} from './streamer/status.ts';
export type {Streamer, StreamerEnd, StreamerEvents} from './streamer/streamer.ts';
export {Path} from './library/path.ts';
export type {PathEvents} from './library/path.ts';
export {Pipeline} from './library/pipeline.ts';
export type {PipelineEvents} from './library/pipeline.ts';
export {MediaError} from './errors.ts';
export type {ErrorCode, ErrorKind} from './errors.ts';
export type {PathFacts, PathState, PeerFacts} from './media/facts.ts';
export type {TrackFacts} from './media/track-facts.ts';
