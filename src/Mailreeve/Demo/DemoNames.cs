using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Demo;

/// <summary>
/// The name server of the demonstration: it knows the SPF records (RFC 7208) of those who report from the loopback, and says of all other
/// names that they do not exist. So the demonstration proves its reporters as a real server does, and asks nobody outside.
/// </summary>
internal sealed class DemoNames : IDisposable
{
    private const ushort Txt = 16;
    private const int HeaderBytes = 12;

    private readonly HashSet<string> domains;
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Starts it on a free port.</summary>
    /// <param name="domains">Domains that may send from 127.0.0.1.</param>
    public DemoNames(params IEnumerable<string> domains)
    {
        this.domains = new HashSet<string>(domains, StringComparer.OrdinalIgnoreCase);
        _ = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)socket.Client.LocalEndPoint!;

    public void Dispose() => socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var question = await socket.ReceiveAsync();
                if (AnswerOrNull(question.Buffer) is { } answer)
                    await socket.SendAsync(answer, question.RemoteEndPoint, default);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The demonstration is over.
        }
    }

    // RFC 1035 §4.1: the question comes back, with an answer behind it when there is one. What follows it (EDNS) is not answered.
    private byte[]? AnswerOrNull(byte[] question)
    {
        if (question.Length < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(4)) != 1)
            return null;
        var labels = new List<string>();
        var at = HeaderBytes;
        while (at < question.Length && question[at] is > 0 and < 64 and var length && at + 1 + length < question.Length)
        {
            labels.Add(Encoding.ASCII.GetString(question, at + 1, length));
            at += 1 + length;
        }

        if (at + 5 > question.Length || question[at] != 0)
            return null;
        var isKnown = domains.Contains(string.Join('.', labels));
        var text = isKnown && BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1)) == Txt ? "v=spf1 ip4:127.0.0.1 -all"u8 : [];
        var answer = new MemoryStream();
        answer.Write(question, 0, 2);
        answer.Write([0x85, (byte)(isKnown ? 0x80 : 0x83), 0, 1, 0, (byte)(text.IsEmpty ? 0 : 1), 0, 0, 0, 0]);
        answer.Write(question, HeaderBytes, at + 5 - HeaderBytes);
        if (!text.IsEmpty)
        {
            // The name is that of the question, at octet 12; class IN, a minute.
            answer.Write([0xC0, HeaderBytes, 0, (byte)Txt, 0, 1, 0, 0, 0, 60, 0, (byte)(text.Length + 1), (byte)text.Length]);
            answer.Write(text);
        }

        return answer.ToArray();
    }
}
