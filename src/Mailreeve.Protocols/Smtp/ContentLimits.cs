namespace Mailreeve.Protocols.Smtp;

/// <summary>How much of a message is taken.</summary>
/// <param name="SizeBytesMax">Octets in all, after dot-unstuffing.</param>
/// <param name="HeaderBytesMax">Octets of the header.</param>
/// <param name="LineBytesMax">Octets of a line, CRLF not counted. RFC 5321 §4.5.3.1.6 promises 998; forwarded spam often has more.</param>
public sealed record ContentLimits(long SizeBytesMax, long HeaderBytesMax, long LineBytesMax);
