using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;
using NodaTime.Text;

namespace Mailreeve.Commands;

/// <summary>A reading as text: for a person, and as JSON for programs.</summary>
internal static class ReportShow
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object and a line end.</summary>
    /// <param name="file">As the file was named.</param>
    /// <param name="reading">What was understood of it.</param>
    /// <param name="own">What is ours; null for everything.</param>
    public static string Json(string file, ReportReading reading, OwnResources? own) =>
        JsonLine(file, reading.Format.Name(), IsReport(reading), ReporterOf(reading), ReportedEvent.Of(reading, own));

    /// <summary>The JSON object for a file that could not be read.</summary>
    public static string Unreadable(string file) => JsonLine(file, "unreadable", isReport: false, reporter: null, []);

    /// <summary>Lines for a person, and an empty one.</summary>
    /// <param name="file">As the file was named.</param>
    /// <param name="reading">What was understood of it.</param>
    /// <param name="own">What is ours; null for everything.</param>
    public static string Text(string file, ReportReading reading, OwnResources? own)
    {
        var text = new StringBuilder();
        text.Append(Clean(file)).Append('\n');
        Line("format", reading.Format.Name());
        Line("report", IsReport(reading) ? reading.NeedsPerson is { } why ? $"yes, but a person has to read it: {why.Detail}" : "yes"
            : $"no: {reading.NeedsPerson?.Detail}");
        Line("reporter", ReporterOf(reading));
        var any = false;
        foreach (var one in ReportedEvent.Of(reading, own))
        {
            any = true;
            var named = new[] { one.Block?.ToString(), one.Address is null ? null : one.Port is null ? $"{one.Address}" : $"{one.Address} port {one.Port}", one.Url, one.Domain, one.Mailbox };
            Line("event", $"{one.Category}/{one.Type}  {Word(one.Role)}  {string.Join("  ", named.OfType<string>())}  {TimeOf(one.Time)}");
        }

        if (!any)
            Line("event", own is null ? "none" : "none about what is ours");
        foreach (var problem in reading.Problems)
            Line("problem", problem);
        return text.Append('\n').ToString();

        void Line(string name, string? value)
        {
            if (value is not null)
                text.Append(CultureInfo.InvariantCulture, $"  {name,-9} {Clean(value)}\n");
        }
    }

    // What is no report says so itself; what follows no format at all and names nothing is none either.
    private static bool IsReport(ReportReading reading) => reading.NeedsPerson?.Reason switch
    {
        AttentionReason.NotAReport => false,
        AttentionReason.InvalidSchema or AttentionReason.Truncated or AttentionReason.Unreadable =>
            reading.Format != ReportFormat.None || reading.Observations.Count > 0,
        _ => true,
    };

    private static string? ReporterOf(ReportReading reading) =>
        reading.Reporter is { } reporter ? reporter.Mailbox ?? reporter.Organisation ?? reporter.Domain : null;

    private static string JsonLine(string file, string format, bool isReport, string? reporter, IEnumerable<ReportedEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("format", format);
            json.WriteBoolean("report", isReport);
            json.WriteString("reporter", reporter);
            json.WriteStartArray("events");
            foreach (var one in events)
                Write(json, one);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, ReportedEvent one)
    {
        json.WriteStartObject();
        json.WriteString("category", one.Category);
        json.WriteString("type", one.Type);
        json.WriteString("address", one.Address?.ToString());
        if (one.Block is { } block)
            json.WriteString("block", block.ToString());
        if (one.Port is { } port)
            json.WriteNumber("port", port);
        else
            json.WriteNull("port");
        json.WriteString("url", one.Url);
        json.WriteString("domain", one.Domain);
        json.WriteString("mailbox", one.Mailbox);
        json.WriteString("time", one.Time.Utc is { } utc ? InstantPattern.General.Format(utc) : null);
        json.WriteString("timeConfidence", Word(one.Time.Confidence));
        json.WriteString("role", Word(one.Role));
        json.WriteEndObject();
    }

    private static string TimeOf(ReportedTime time) => time.Utc is { } utc
        ? $"{InstantPattern.General.Format(utc)} ({Word(time.Confidence)}{(time.Confidence == TimeConfidence.NoZone ? ", no zone" : "")})"
        : time.Raw.Length > 0 ? $"time not understood: {time.Raw}" : "no time";

    // A time without zone may be off by half a day: who looks up a lease by it guesses.
    private static string Word(TimeConfidence confidence) => confidence switch
    {
        TimeConfidence.Exact => "exact",
        TimeConfidence.Day => "day",
        TimeConfidence.NoZone or TimeConfidence.Guess => "guess",
        _ => "none",
    };

    private static string Word(ObservationRole role) => role switch
    {
        ObservationRole.Source => "source",
        ObservationRole.Site => "site",
        ObservationRole.Victim => "victim",
        _ => "other",
    };

    /// <summary>What a stranger wrote, without what a terminal would obey.</summary>
    public static string Clean(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? ' ' : c));
}
