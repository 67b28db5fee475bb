using System.Text;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Trace;

/// <summary>
/// Finds traces of ours in what somebody reports: the message itself, one that is attached, its header alone, or text in which it is
/// quoted. Never throws on anything it reads.
/// </summary>
public static class TraceSearch
{
    /// <summary>Traces that are looked at; a report about more messages is a rare one.</summary>
    public const int SightingsMax = 20;

    private const string IdField = "CFBL-Feedback-ID";

    /// <summary>
    /// The traces in a file, each id once with the most that is there of it. What is complained about comes first: attached messages, the
    /// innermost first; attached headers; quoted text; and the file's own header last, unless nothing is attached or quoted.
    /// </summary>
    /// <param name="file">A mail, or any text.</param>
    /// <param name="limits">Bounds for reading it.</param>
    public static IReadOnlyList<TraceSighting> Find(ReadOnlyMemory<byte> file, ReportLimits limits)
    {
        if (file.Length > limits.MessageBytes)
            file = file[..limits.MessageBytes];
        var found = new List<TraceSighting>();
        var mail = MailParts.Read(file, limits);
        foreach (var part in mail.Parts.Where(Evidence.IsMessage).OrderByDescending(p => p.Level))
            Add(found, InMessage(mail.Content(part), TracePlace.Attached));
        foreach (var part in mail.Parts.Where(IsHeader))
            Add(found, InMessage(mail.Content(part), TracePlace.Header));
        var own = InMessage(file, TracePlace.Outermost);
        foreach (var part in mail.Parts.Where(p => p.Level == 0 && IsText(p)))
        {
            foreach (var sighting in InText(part.Is("text", "html") ? HtmlText.Read(mail.Text(part)) : mail.Text(part)))
                Add(found, sighting);
        }

        Add(found, own);
        // Last: as it lies, for what no parser of mail could make sense of.
        if (found.Count == 0)
        {
            foreach (var sighting in InText(Encoding.Latin1.GetString(file.Span)))
                Add(found, sighting);
        }

        return found;
    }

    /// <summary>The trace of one message.</summary>
    /// <param name="message">The message, or its header alone.</param>
    /// <param name="place">Where it is.</param>
    /// <returns><see langword="null"/> when it has none.</returns>
    public static TraceSighting? InMessage(ReadOnlyMemory<byte> message, TracePlace place)
    {
        var read = DkimMessage.ReadFile(message);
        var mark = read.ValueOrNull(TraceMark.FieldName) is { } value ? TraceMark.ReadOrNull(value) : null;
        var id = mark?.Id ?? (read.ValueOrNull(IdField) is { } text ? TraceMark.ReadIdOrNull(text) : null);
        if (id is null)
            return null;
        var body = read.Body.IsEmpty || place == TracePlace.Header ? (ReadOnlyMemory<byte>?)null : read.Body.First;
        return new TraceSighting(id, mark, place) { Body = body };
    }

    private static IEnumerable<TraceSighting> InText(string text)
    {
        foreach (var after in Occurrences(text, TraceMark.FieldName))
        {
            if (TraceMark.ReadOrNull(text.AsSpan(after)) is { } mark)
                yield return new TraceSighting(mark.Id, mark, TracePlace.Text);
        }

        foreach (var after in Occurrences(text, IdField))
        {
            if (TraceMark.ReadIdOrNull(text.AsSpan(after)) is { } id)
                yield return new TraceSighting(id, null, TracePlace.Text);
        }
    }

    private static IEnumerable<int> Occurrences(string text, string name)
    {
        var count = 0;
        for (var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            at >= 0 && count++ < SightingsMax;
            at = text.IndexOf(name, at + name.Length, StringComparison.OrdinalIgnoreCase))
        {
            // The end of another name, such as one with X- in front, is none.
            if (at == 0 || !(char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '-'))
                yield return at + name.Length;
        }
    }

    private static void Add(List<TraceSighting> found, TraceSighting? sighting)
    {
        if (sighting is null)
            return;
        var same = found.FindIndex(s => s.Id == sighting.Id);
        if (same < 0 && found.Count < SightingsMax)
            found.Add(sighting);
        else if (same >= 0 && found[same].Mark is null && sighting.Mark is not null)
            found[same] = sighting;
    }

    private static bool IsHeader(MailPart part) => part.Is("text", "rfc822-headers") || part.Is("message", "rfc822-headers");

    private static bool IsText(MailPart part) => part.Type is null || part.Type.MediaType.Equals("text", StringComparison.OrdinalIgnoreCase)
        || part.Is("message", "feedback-report");
}
