import type {MediaError} from '../errors.ts';
import type {StreamStats, TrackInfo} from '../native/binding.ts';
import {schemeOf} from '../util/scheme.ts';
import {trackFacts} from './track-facts.ts';
import {pictureTrackOf} from './tracks.ts';
import type {PathFacts, PathState, PeerFacts} from './facts.ts';
import type {PublisherInfo, ReaderInfo} from './messages.ts';
import type {Speeds} from './meter.ts';
import {isPublished} from './path-settings.ts';
import type {PathSettings} from './path-settings.ts';

export type PathSnapshot = {
	name: string;
	confName: string;
	source: PeerFacts | null;
	state: PathState;
	readySince: Date | undefined;
	tracks: TrackInfo[];
	readers: ReaderInfo[];
	error: MediaError | undefined;
	stats: StreamStats | undefined;
	speeds: Speeds;
	reconnects: number;
};

/** What the outside is told of a path. */
export const makePathFacts = (path: PathSnapshot): PathFacts => {
	const {stats, speeds, tracks, error} = path;
	const tracks2 = tracks.map(trackFacts);
	return {
		name: path.name,
		confName: path.confName,
		source: path.source,
		ready: path.state === 'ready',
		readyTime: path.readySince?.toISOString() ?? null,
		tracks: tracks2.map(({codec}) => codec),
		tracks2,
		bytesReceived: stats?.bytes ?? 0,
		bytesSent: 0,
		readers: path.readers.map(readerFacts),
		state: path.state,
		error: error ? {code: error.code, message: error.message} : null,
		...videoFacts(tracks),
		frameRate: rounded(speeds.framesPerSecond, 100),
		bitrate: rounded(speeds.bitsPerSecond, 1),
		keyFrameDistance: rounded(speeds.keyFrameDistance, 1000),
		reconnects: path.reconnects,
		jitter: stats && stats.packets > 0 ? stats.jitterUs / 1e6 : null,
		lostPackets: stats?.lostPackets ?? 0,
		undecryptablePackets: stats?.undecryptablePackets ?? 0,
		resyncs: stats?.resyncs ?? 0,
	};
};

const videoFacts = (tracks: TrackInfo[]) => {
	const video = pictureTrackOf(tracks);
	if (!video) return {width: null, height: null, frameRateAnnounced: null};
	const {width, height, frameRateNum, frameRateDen} = video;
	const rate = frameRateNum && frameRateDen ? frameRateNum / frameRateDen : null;
	return {width, height, frameRateAnnounced: rounded(rate, 100)};
};

const rounded = (value: number | null, steps: number): number | null =>
	value === null ? null : Math.round(value * steps) / steps;

const sourceTypes: Record<string, string> = {
	rtsp: 'rtspSource',
	rtsps: 'rtspsSource',
	'rtsp+http': 'rtspSource',
	'rtsps+http': 'rtspsSource',
	'rtsp+ws': 'rtspSource',
	'rtsps+ws': 'rtspsSource',
	file: 'fileSource',
	test: 'testSource',
	gstreamer: 'gstreamerSource',
};

/** What feeds a path: its publisher, or the source that is fetched while it is. */
export const sourceFacts = (
	settings: PathSettings,
	publisher: PublisherInfo | undefined,
	isRunning: boolean,
): PeerFacts | null => {
	if (isPublished(settings)) return publisher ? publisherFacts(publisher) : null;
	const scheme = schemeOf(settings.source);
	return isRunning ? {type: sourceTypes[scheme] ?? `${scheme}Source`, id: ''} : null;
};

const peerTypes: Record<ReaderInfo['protocol'] | PublisherInfo['protocol'], string> = {
	hls: 'hlsSession',
	snapshot: 'snapshot',
	pipeline: 'pipeline',
	rtsp: 'rtspSession',
	rtsps: 'rtspsSession',
	rtmp: 'rtmpConn',
	rtmps: 'rtmpsConn',
	webrtc: 'webRTCSession',
	mse: 'mseSession',
	flv: 'flvConn',
	push: 'push',
	srt: 'srtConn',
};

const readerFacts = ({protocol, counted, reader}: ReaderInfo): PeerFacts => ({
	type: protocol === 'hls' && !counted ? 'hlsMuxer' : peerTypes[protocol],
	id: reader,
});

const publisherFacts = ({protocol, publisher}: PublisherInfo): PeerFacts => ({
	type: peerTypes[protocol],
	id: publisher,
});
