namespace Mailreeve.Mail.Signing;

/// <summary>What a message gets on its way out, and what the submission log has to keep of it.</summary>
/// <param name="Lines">Header fields to put in front of it, each with its line end: signatures, trace, where complaints go.</param>
/// <param name="TraceId">The trace's id.</param>
/// <param name="TraceKeyId">Which secret the trace was made with.</param>
/// <param name="EnvelopeHash">Hash of who sent to whom.</param>
/// <param name="BodyHash">Hash of the body.</param>
public sealed record SignedHeaders(byte[] Lines, string TraceId, long TraceKeyId, byte[] EnvelopeHash, byte[] BodyHash);
