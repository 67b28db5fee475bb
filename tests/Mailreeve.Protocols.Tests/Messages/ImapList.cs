using System.Text;

namespace Mailreeve.Protocols.Tests.Messages;

/// <summary>
/// Reads an answer of IMAP strictly: a list is an array, a string a string, a number a long, NIL null. What is not exactly that fails.
/// </summary>
internal sealed class ImapList
{
    private readonly byte[] text;
    private int at;

    private ImapList(byte[] text) => this.text = text;

    public static object?[] Read(ReadOnlyMemory<byte> text)
    {
        var reader = new ImapList(text.ToArray());
        var list = (object?[])reader.Value()!;
        Assert.Equal(reader.text.Length, reader.at);
        return list;
    }

    private object? Value()
    {
        switch ((char)text[at])
        {
            case '(':
                return List();
            case '"':
                return Quoted();
            case '{':
                return Literal();
            case 'N':
                Take("NIL");
                return null;
            default:
                return Number();
        }
    }

    // Lists of bodies and of addresses stand together without spaces, everything else has exactly one.
    private object?[] List()
    {
        Take("(");
        var items = new List<object?>();
        while (text[at] != ')')
        {
            if (items.Count > 0 && !(text[at] == '(' && items[^1] is object?[]))
                Take(" ");
            items.Add(Value());
        }

        Take(")");
        Assert.NotEmpty(items);
        return [.. items];
    }

    private string Quoted()
    {
        Take("\"");
        var value = new List<byte>();
        while (text[at] != '"')
        {
            if (text[at] == '\\')
                Assert.True(text[++at] is (byte)'"' or (byte)'\\');
            Assert.True(text[at] is not (0 or (byte)'\r' or (byte)'\n') and < 0x80);
            value.Add(text[at++]);
        }

        Take("\"");
        return Encoding.Latin1.GetString([.. value]);
    }

    private string Literal()
    {
        Take("{");
        var length = (int)Number();
        Take("}\r\n");
        var value = text.AsSpan(at, length);
        Assert.False(value.Contains((byte)0));
        at += length;
        return Encoding.UTF8.GetString(value);
    }

    private long Number()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]))
            at++;
        return long.Parse(Encoding.ASCII.GetString(text, start, at - start));
    }

    private void Take(string expected)
    {
        Assert.Equal(expected, Encoding.ASCII.GetString(text, at, Math.Min(expected.Length, text.Length - at)));
        at += expected.Length;
    }
}
