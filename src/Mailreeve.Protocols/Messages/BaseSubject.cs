using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>The base subject of a subject (RFC 5256 §2.1): what is left without Re:, Fwd:, [list] and (fwd).</summary>
/// <param name="Text">What is left, white space made single; may be empty. In the case of the original.</param>
/// <param name="IsReplyOrForward">Whether a mark of a reply or of forwarding was taken away.</param>
public readonly record struct BaseSubject(string Text, bool IsReplyOrForward)
{
    /// <summary>Takes a decoded subject, or an undecoded one without encoded words.</summary>
    public static BaseSubject Of(string subject)
    {
        ReadOnlySpan<char> rest = SingleSpaced(subject);
        var isReply = false;
        while (true)
        {
            rest = rest.Trim(' ');
            while (rest.EndsWith("(fwd)", StringComparison.OrdinalIgnoreCase))
            {
                rest = rest[..^5].TrimEnd(' ');
                isReply = true;
            }

            rest = WithoutLeaders(rest, ref isReply);

            // subj-fwd = subj-fwd-hdr subject subj-fwd-trl; subj-fwd-hdr = "[fwd:"; subj-fwd-trl = "]"
            if (!rest.StartsWith("[fwd:", StringComparison.OrdinalIgnoreCase) || !rest.EndsWith("]", StringComparison.Ordinal))
                return new BaseSubject(rest.ToString(), isReply);
            rest = rest[5..^1];
            isReply = true;
        }
    }

    private static ReadOnlySpan<char> WithoutLeaders(ReadOnlySpan<char> rest, scoped ref bool isReply)
    {
        while (true)
        {
            rest = rest.TrimStart(' ');

            // subj-leader = (*subj-blob subj-refwd) / WSP
            var afterBlobs = rest;
            while (SkipBlob(ref afterBlobs))
            {
            }

            if (SkipReplyMark(ref afterBlobs))
            {
                rest = afterBlobs;
                isReply = true;
                continue;
            }

            // A blob goes too, unless nothing would be left.
            var afterBlob = rest;
            if (!SkipBlob(ref afterBlob) || afterBlob.IsEmpty)
                return rest;
            rest = afterBlob;
        }
    }

    // subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
    private static bool SkipReplyMark(ref ReadOnlySpan<char> rest)
    {
        var length = rest.StartsWith("fwd", StringComparison.OrdinalIgnoreCase) ? 3
            : rest.StartsWith("re", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("fw", StringComparison.OrdinalIgnoreCase) ? 2
            : 0;
        if (length == 0)
            return false;
        var after = rest[length..].TrimStart(' ');
        SkipBlob(ref after);
        if (after.IsEmpty || after[0] != ':')
            return false;
        rest = after[1..];
        return true;
    }

    // subj-blob = "[" *BLOBCHAR "]" *WSP; BLOBCHAR is all but brackets
    private static bool SkipBlob(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] != '[')
            return false;
        var end = rest[1..].IndexOfAny('[', ']');
        if (end < 0 || rest[end + 1] != ']')
            return false;
        rest = rest[(end + 2)..].TrimStart(' ');
        return true;
    }

    private static string SingleSpaced(string subject)
    {
        if (!subject.AsSpan().ContainsAny('\t', '\r', '\n') && !subject.Contains("  ", StringComparison.Ordinal))
            return subject;
        var text = new StringBuilder(subject.Length);
        foreach (var c in subject)
        {
            if (c is not (' ' or '\t' or '\r' or '\n'))
                text.Append(c);
            else if (text.Length > 0 && text[^1] != ' ')
                text.Append(' ');
        }

        return text.ToString();
    }
}
