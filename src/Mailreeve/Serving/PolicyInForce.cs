using Mailreeve.Policy;
using Mailreeve.Policy.Notices;

namespace Mailreeve.Serving;

/// <summary>The policy this program runs with, and the text it was read from.</summary>
internal sealed record PolicyInForce(AbusePolicy Policy, IReadOnlyDictionary<string, NoticeTemplate> Notices, string Text);
