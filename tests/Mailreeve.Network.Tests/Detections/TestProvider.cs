using Mailreeve.Policy;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Tests.Detections;

internal static class TestProvider
{
    /// <summary>A provider with 192.0.2.0/24.</summary>
    public static readonly Provider Here = new()
    {
        Name = "Example Internet, Inc.",
        Domains = ["provider.example"],
        HostName = "mx.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [Prefix.Parse("192.0.2.0/24")],
        NeverBlock = [],
    };
}
