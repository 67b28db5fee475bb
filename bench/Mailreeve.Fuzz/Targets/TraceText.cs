using Mailreeve.Protocols.Reports;
using Mailreeve.Protocols.Trace;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Files in which a trace is looked for: mail, reports, text.</summary>
internal static class TraceText
{
    public static readonly string[] Words =
    [
        "Mailreeve-Trace:", "Mailreeve-Trace: 1 ", "CFBL-Feedback-ID: ", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\r\n> ", "=\r\n", "&nbsp;", "<br>",
        "Content-Type: message/rfc822", "Content-Type: text/html", "Content-Type: multipart/mixed; boundary=x", "--x", "\r\n", "\r\n\r\n", "\n", "From ", " ", "\t",
    ];

    public static void Run(byte[] input)
    {
        var found = TraceSearch.Find(input, ReportLimits.Default);
        Hold.That(found.Count <= TraceSearch.SightingsMax, "No more is found than the limit allows.");
        Hold.That(found.Select(s => s.Id).Distinct().Count() == found.Count, "Each id is found once.");
        foreach (var sighting in found)
        {
            Hold.That(TraceMark.IsId(sighting.Id), "An id is one.");
            Hold.That(sighting.Mark is null || (sighting.Mark.Sketch.Length == BodySketch.Bytes && sighting.Mark.Mac.Length == TraceBinding.MacBytes), "A trace is whole.");
            if (sighting.Mark is { } mark)
                Hold.That(TraceSearch.InMessage(mark.ToField(), TracePlace.Header)?.Id == mark.Id, "What we write we read.");
        }
    }
}
