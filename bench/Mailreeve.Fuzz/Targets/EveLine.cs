using Mailreeve.Protocols.Eve;

namespace Mailreeve.Fuzz.Targets;

/// <summary>A line of Suricata's EVE log.</summary>
internal static class EveLine
{
    public static readonly string[] Words =
    [
        "\"event_type\":\"alert\"", "\"timestamp\":\"2026-03-02T11:24:37.251547+0100\"", "\"src_ip\":\"203.0.113.9\"", "\"dest_ip\":\"2001:db8::5\"", "\"src_port\":50096",
        "\"alert\":{", "\"signature_id\":7", "\"source\":{\"ip\":", "\"target\":{\"ip\":", "\"severity\":1", "\"direction\":\"to_client\"", "\"app_proto\":\"http\"", "\\ud800", "}}",
    ];

    public static void Run(byte[] input)
    {
        if (EveAlert.Read(input) is { } alert)
            Hold.That(EveAlert.MayBe(input) && alert.AttackerPort is null or (>= 1 and <= 65535) && alert.TargetPort is null or (>= 1 and <= 65535), "An alert is one at first sight.");
    }
}
