using System.Text;

namespace Mailreeve.EndToEnd.Faults;

/// <summary>The messages of a load: each with its number, and octets that follow from it.</summary>
internal static class LoadText
{
    private const int LineLength = 72;

    /// <summary>The name of a message.</summary>
    public static string MessageId(int number) => $"load-{number}@elsewhere.example";

    /// <summary>The message as it is sent, with CRLF.</summary>
    /// <param name="number">Which.</param>
    /// <param name="bytes">How long about it is at least.</param>
    public static string Of(int number, int bytes)
    {
        var text = new StringBuilder($"""
            From: sender@elsewhere.example
            To: everybody@provider.example
            Subject: Message {number}
            Date: Mon, 02 Mar 2026 10:15:30 +0000
            Message-ID: <{MessageId(number)}>


            """.ReplaceLineEndings("\r\n"));
        var length = bytes + (number * 37 % 4000);
        for (var i = 0; i * LineLength < length; i++)
            text.Append((char)('a' + ((number + i) % 26)), LineLength).Append("\r\n");
        return text.ToString();
    }
}
