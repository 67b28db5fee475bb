using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Mail.Milter;

/// <summary>A message that another mail server shows us, without its content.</summary>
/// <param name="Client">Where it came from; null for the other server's own command line.</param>
/// <param name="Helo">The name that the client gave; empty for none.</param>
/// <param name="User">The name that it has signed in with; empty when it has not.</param>
/// <param name="Standing">What is known of it.</param>
/// <param name="From">Envelope sender; empty for the null sender.</param>
/// <param name="Recipients">The recipients that were taken.</param>
public sealed record MilterMessage(
    Address? Client, string Helo, string User, ClientStanding Standing, string From, IReadOnlyList<string> Recipients);
