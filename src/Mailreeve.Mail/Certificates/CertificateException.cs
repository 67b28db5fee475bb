namespace Mailreeve.Mail.Certificates;

/// <summary>A certificate cannot be used; the message says which and why.</summary>
public sealed class CertificateException(string message) : Exception(message);
