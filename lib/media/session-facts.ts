// What the outside is told about dialogues with peers: plain data, shown by the API and counted by the metrics.

/** One RTSP session: a reader or a publisher. */
export type RtspSessionFacts = {
	/** A reader's is its name in the list of its path. */
	id: string;
	/** Over TLS. */
	isTls: boolean;
	/** ISO 8601. */
	created: string;
	/** Address and port. */
	remoteAddr: string;
	/** `idle`: set up, or paused. */
	state: 'idle' | 'read' | 'publish';
	path: string;
	/** Without `?`. */
	query: string;
	/** Empty: nobody was asked for. */
	user: string;
	userAgent: string;
	transport: 'TCP' | 'UDP' | 'UDP-multicast' | null;
	profile: 'AVP' | 'SAVP' | null;
	/** Ids of its connections. */
	conns: string[];
	bytesReceived: number;
	packetsReceived: number;
	packetsLost: number;
	bytesSent: number;
	packetsSent: number;
	/** Left out because the reader was late. */
	packetsDropped: number;
	/** Packets that the reader missed by its own reports; null = none came, as with what follows. */
	reportedLost: number | null;
	/** Seconds. */
	jitter: number | null;
	/** Seconds. */
	roundTripTime: number | null;
};

/** One connection of an RTSP client. */
export type RtspConnectionFacts = {
	id: string;
	/** Over TLS. */
	isTls: boolean;
	/** ISO 8601. */
	created: string;
	/** Address and port. */
	remoteAddr: string;
	bytesReceived: number;
	bytesSent: number;
	/** HTTP or WebSocket around it. */
	tunnel: 'none' | 'http' | 'websocket';
	/** Id of its session. */
	session: string | null;
};
