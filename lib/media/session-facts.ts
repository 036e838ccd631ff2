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
	/** Left out because the reader was late; over UDP, what this machine could not send to it. */
	packetsDropped: number;
	/** Packets that the reader missed by its own reports; null = none came. */
	reportedLost: number | null;
	/** Seconds: of a publisher's packets, or as the reader reports it; null = it does not. */
	jitter: number | null;
	/** Seconds: by the reports of the reader, else of its connection; null = it has none now. */
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

/** One connection of an RTMP client. */
export type RtmpConnectionFacts = {
	/** A publisher's and a reader's is its name in the list of its path. */
	id: string;
	/** Over TLS. */
	isTls: boolean;
	/** ISO 8601. */
	created: string;
	/** Address and port. */
	remoteAddr: string;
	/** `idle`: it has not said yet what it wants. */
	state: 'idle' | 'publish' | 'read';
	path: string;
	/** Without `?` and passwords. */
	query: string;
	/** Empty: nobody was asked for. */
	user: string;
	bytesReceived: number;
	bytesSent: number;
	/** Messages of media that a reader got, and those left out because it was late. */
	messagesSent: number;
	messagesDropped: number;
};
