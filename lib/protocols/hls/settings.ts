export type HlsVariant = 'fmp4' | 'lowLatency' | 'mpegts';

/** The keys of the configuration that HLS uses; durations in milliseconds, sizes in bytes. */
export type HlsSettings = {
	readonly hls: boolean;
	readonly hlsSegmentCount: number;
	readonly hlsSegmentDuration: number;
	readonly hlsPartDuration: number;
	readonly hlsSegmentMaxSize: number;
	readonly hlsMuxerCloseAfter: number;
	/** Empty = segments are kept in memory. */
	readonly hlsDirectory: string;
	/** Empty = there is no CDN. */
	readonly hlsCDNSecret: string;
	readonly hlsAllowOrigins: readonly string[];
	readonly trustedProxies: readonly string[];
};
