using System.Buffers;
using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>What the header of a message says about who made it, a person or a program (RFC 3834).</summary>
public sealed record ReplyMarks
{
    // A field that says more than this about itself says nothing that matters here.
    private const int WordLengthMax = 100;

    // Parameters and comments follow the word.
    private static readonly SearchValues<byte> WordEnd = SearchValues.Create(" \t\r\n;("u8);

    // RFC 3834 has none of these; they are what vacation programs and ticket systems before it wrote.
    private static readonly string[] AutoReplyFields = ["X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Mail-Autoreply"];
    private static readonly string[] ListFields = ["List-Id", "List-Unsubscribe", "List-Post"];

    /// <summary>The keyword of Auto-Submitted, without parameters and comments (RFC 3834 §5); null when there is no such field.</summary>
    public string? AutoSubmitted { get; init; }

    /// <summary>The word of Precedence; null when there is no such field.</summary>
    public string? Precedence { get; init; }

    /// <summary>Whether a field says that it is an automatic answer.</summary>
    public bool IsAutoReply { get; init; }

    /// <summary>Whether it came through a mailing list (RFC 2919, RFC 2369).</summary>
    public bool IsOfList { get; init; }

    /// <summary>Whether it is a multipart/report (RFC 6522): a delivery report or a receipt.</summary>
    public bool IsReport { get; init; }

    /// <summary>Reads a message, or its header alone.</summary>
    /// <remarks>Of a field that is there twice the first that says something counts, so that "no" before another word does not hide it.</remarks>
    public static ReplyMarks Read(ReadOnlySpan<byte> message)
    {
        var marks = new ReplyMarks();
        var reader = new HeaderReader(message, 0);
        while (reader.Next(out var field))
        {
            var name = field.Name(message);
            var value = field.Value(message);
            if (Is(name, "Auto-Submitted"))
                marks = marks with { AutoSubmitted = marks.AutoSubmitted is null or "no" ? Word(value) : marks.AutoSubmitted };
            else if (Is(name, "Precedence"))
                marks = marks with { Precedence = marks.Precedence ?? Word(value) };
            else if (Is(name, "Content-Type"))
                marks = marks with { IsReport = marks.IsReport || Word(value) == "multipart/report" };
            else if (IsOne(name, AutoReplyFields))
                marks = marks with { IsAutoReply = true };
            else if (IsOne(name, ListFields))
                marks = marks with { IsOfList = true };
        }

        return marks;
    }

    private static string Word(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOfAny(WordEnd);
        var word = end < 0 ? value : value[..end];
        return Encoding.Latin1.GetString(word[..Math.Min(word.Length, WordLengthMax)]).ToLowerInvariant();
    }

    private static bool IsOne(ReadOnlySpan<byte> name, string[] fields)
    {
        foreach (var field in fields)
        {
            if (Is(name, field))
                return true;
        }

        return false;
    }

    private static bool Is(ReadOnlySpan<byte> name, string other) =>
        name.Length == other.Length && Ascii.EqualsIgnoreCase(name, other.AsSpan());
}
