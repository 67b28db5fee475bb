using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Mailreeve.Network.Enforcement.Bgp;

/// <summary>TCP's signatures with a shared secret (RFC 2385), which many routers want of their peers. The kernel makes and checks them.</summary>
internal static class TcpSignature
{
    /// <summary>Octets of the secret at most (<c>TCP_MD5SIG_MAXKEYLEN</c>).</summary>
    public const int PasswordMax = 80;

    private const int TcpLevel = 6;
    private const int SignatureOption = 14;
    // struct tcp_md5sig: sockaddr_storage, flags, prefix length, length of the key, interface, the key.
    private const int AddressLength = 128;
    private const int KeyLengthAt = AddressLength + 2;
    private const int KeyAt = AddressLength + 8;
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;

    /// <summary>Signs what goes to the peer, and drops what comes without its signature.</summary>
    /// <exception cref="EnforcementException">This kernel cannot.</exception>
    public static void Require(Socket socket, IPAddress peer, string password)
    {
        Span<byte> option = stackalloc byte[KeyAt + PasswordMax];
        option.Clear();
        var isIPv4 = peer.AddressFamily == AddressFamily.InterNetwork;
        MemoryMarshal.Write(option, isIPv4 ? FamilyIPv4 : FamilyIPv6);
        // sin_addr is behind the port, sin6_addr behind the flow label.
        peer.TryWriteBytes(option[(isIPv4 ? 4 : 8)..], out _);
        MemoryMarshal.Write(option[KeyLengthAt..], (ushort)Encoding.UTF8.GetBytes(password, option[KeyAt..]));
        try
        {
            socket.SetRawSocketOption(TcpLevel, SignatureOption, option);
        }
        catch (SocketException e)
        {
            throw new EnforcementException("This kernel cannot sign what TCP carries (TCP_MD5SIG): leave the password out here and at the peer.", e);
        }
    }
}
