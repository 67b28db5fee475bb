using System.Runtime.InteropServices;

namespace Mailreeve.Network.Lists;

/// <summary>Why and for how long a prefix is listed. 16 octets and what names them: there may be millions.</summary>
/// <param name="From">From when, in seconds of Unix time.</param>
/// <param name="Until">Until when; at this second it is over.</param>
/// <param name="Case">The case it belongs to; 0 for none.</param>
/// <param name="Reason">Number of the reason, 1 or more; 0 stands for no listing.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct Listing(uint From, uint Until, uint Case, ushort Reason);
