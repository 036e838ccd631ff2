/** Of an RTP packet with its header: with IPv6 and UDP it fits into Ethernet, and into most tunnels through it. */
export const maxPacketBytes = 1440;
