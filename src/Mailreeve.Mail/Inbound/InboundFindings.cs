using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Trust;

namespace Mailreeve.Mail.Inbound;

/// <summary>What was found about a whole message.</summary>
/// <param name="Verdict">What becomes of it.</param>
/// <param name="Header">The fields to put in front of it.</param>
/// <param name="Forged">Octets of it that must be left out: fields that pretend to be ours.</param>
public sealed record InboundFindings(InboundVerdict Verdict, byte[] Header, IReadOnlyList<(int Start, int End)> Forged)
{
    /// <summary>Who sent it, when that is proved; a report needs to know.</summary>
    public ReportAuthentication? Authentication { get; init; }
}
