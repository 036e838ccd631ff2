// How tracks come over UDP: a part of binding.ts.

export type UdpIngestSpec = {
	/** In the order of the ingest's tracks. */
	tracks: UdpTrackSpec[];
	/** SO_RCVBUF; 0 = as the system has it. */
	receiveBufferBytes: number;
};

export type UdpTrackSpec = {
	/** Of bound UDP sockets; they stay the caller's, who may close them at once. */
	rtpFd: number;
	rtcpFd: number;
	/** IP literal of the camera, from whatever port it sends; empty: whoever sends. */
	host: string;
	/** Where the camera takes packets, 0 = not known. Each gets one at once, so that firewalls let its own through. */
	rtpPort: number;
	/** Receiver reports go there every 5 s. */
	rtcpPort: number;
	/** Multicast: the group to join, and on which interface (by name; empty = the system chooses). Else empty. */
	group: string;
	interface: string;
};
