using Mailreeve.Protocols.Detections;
using NodaTime;

namespace Mailreeve.Fuzz.Targets;

/// <summary>What a sensor posts.</summary>
internal static class SensorBody
{
    public static readonly string[] Words =
    [
        "[", "]", "{", "},{", "\"address\":\"203.0.113.9\"", "\"address\":\"2001:db8::5\"", "\"type\":\"port-scan\"", "\"targets\":30", "\"connected\":true", "null",
        "\"at\":\"2026-03-02T10:15:30Z\"", "\"at\":1772446530.25", "1e99", "\"detail\":\"\\u0000\"", "\"\\ud800\"", "\"sensor\":\"x\"",
    ];

    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 10, 16);

    public static void Run(byte[] input)
    {
        switch (DetectionReader.Read(input, ["port-scan", "login-attack"], Now))
        {
            case DetectionReading.Good good:
                Hold.That(good.Seen.Count is >= 1 and <= DetectionReader.CountMax, "One to a thousand are taken.");
                Hold.That(
                    good.Seen.All(s => s is { Targets: >= 1 and <= DetectionReader.TargetsMax, Type: "port-scan" or "login-attack" } && s.At <= Now + Duration.FromMinutes(5)),
                    "What is taken is as it must be.");
                break;
            case DetectionReading.Bad bad:
                Hold.That(bad.Problems.Count is > 0 and <= 8 * DetectionReader.CountMax, "Mistakes are told, a few for each.");
                break;
            case DetectionReading.TooMany many:
                Hold.That(many.Count > DetectionReader.CountMax, "Too many are more than a thousand.");
                break;
            default:
                break;
        }
    }
}
