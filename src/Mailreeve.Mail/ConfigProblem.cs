namespace Mailreeve.Mail;

/// <summary>Something wrong in the configuration.</summary>
/// <param name="Key">As written in the file, for example <c>smtp.sizeBytesMax</c>.</param>
/// <param name="Reason">What is wrong, and what would be right.</param>
public sealed record ConfigProblem(string Key, string Reason);
