namespace Mailreeve.Mail.Signing;

/// <summary>Key of the opaque names of customers in Feedback-ID.</summary>
/// <param name="Value">At least 16 octets.</param>
public sealed record FeedbackKey(byte[] Value);
