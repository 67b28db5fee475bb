using System.Net.Sockets;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Netlink;
using NodaTime;

namespace Mailreeve.Network.Enforcement;

/// <summary>
/// The packet filter of this machine's kernel, through netlink and without the program <c>nft</c>. Touches nothing but the table
/// <c>inet mailreeve</c>.
/// </summary>
/// <remarks>
/// Needs CAP_NET_ADMIN. Of several processes in one network one enforces: it holds the abstract Unix socket <c>mailreeve-nftables</c>, which the
/// kernel keeps for each network and takes back when the process ends, however that comes about. To look: <c>nft list table inet mailreeve</c>,
/// <c>nft monitor</c>, <c>ss -xlp</c>.
/// </remarks>
public sealed class NftablesBackEnd : IBlockBackEnd
{
    // Multicast group NFNLGRP_NFTABLES.
    private const int TableChanges = 7;
    // Half of it is free at first. When a set is full, the change that does not fit is refused, and everything is made anew.
    private const int RoomMin = 16_384;
    // A change of more octets than this is made while nobody listens.
    private const int TellsAtMost = 64 * 1024;
    private const int NoPermission = NetlinkSocket.NoPermission;
    private const int NotFound = 2;
    private const int Interrupted = 4;
    private const int ReadAttemptsMax = 20;
    private const int DrainReadsMax = 1_000_000;

    private readonly NetlinkSocket kernel;
    private readonly NetlinkSocket news;
    private readonly Socket owner;
    private readonly byte[] buffer = new byte[256 * 1024];
    private readonly byte[] newsBuffer = new byte[256 * 1024];
    private uint sequence = 1;
    private Duration lease = Duration.FromMinutes(15);

    private NftablesBackEnd(NetlinkSocket kernel, NetlinkSocket news, Socket owner) => (this.kernel, this.news, this.owner) = (kernel, news, owner);

    /// <inheritdoc/>
    public string Name => "nftables";

    /// <inheritdoc/>
    public bool HoldsNever => true;

    /// <inheritdoc/>
    public BlockReach ReachOf(BlockTarget block) => BlockReach.Whole;

    /// <summary>Takes the packet filter of the network in which this thread is.</summary>
    /// <returns>Null while another process has it.</returns>
    /// <exception cref="EnforcementException">The kernel has no nf_tables, or we may not change it.</exception>
    public static NftablesBackEnd? TryOpen()
    {
        var owner = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        NetlinkSocket? kernel = null, news = null;
        try
        {
            owner.Bind(new UnixDomainSocketEndPoint("\0mailreeve-nftables"));
            kernel = NetlinkSocket.Open(receiveOctets: 8 << 20);
            news = NetlinkSocket.Open(receiveOctets: 8 << 20);
            news.Follow(TableChanges, isWanted: true);
            var opened = new NftablesBackEnd(kernel, news, owner);
            // Tells whether we may.
            opened.Ask(NftKind.Set, static (_, _) => { });
            return opened;
        }
        catch (Exception e)
        {
            kernel?.Dispose();
            news?.Dispose();
            owner.Dispose();
            if (e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return null;
            throw;
        }
    }

    /// <inheritdoc/>
    public HashSet<EnforcedElement>? Read()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return ReadOnce();
            }
            catch (InterruptedDumpException) when (attempt < ReadAttemptsMax)
            {
                // Somebody changed something, anything, meanwhile.
            }
            catch (InterruptedDumpException)
            {
                throw new EnforcementException("Others change the packet filter so often that it cannot be read.");
            }
        }
    }

    /// <inheritdoc/>
    public bool TryApply(IReadOnlyCollection<EnforcedElement> removed, IReadOnlyCollection<EnforcedElement> added)
    {
        var batch = new NftBatch(EnforcementTable.Name, sequence);
        Put(batch, add: false, BySet(removed));
        Put(batch, add: true, BySet(added));
        return batch.IsEmpty || Send(batch) is null;
    }

    /// <inheritdoc/>
    public void Replace(IReadOnlyCollection<EnforcedElement> elements)
    {
        var batch = new NftBatch(EnforcementTable.Name, sequence);
        var bySet = BySet(elements);
        // Only sets of single addresses are hash tables, which have a size; another set has no elements that are found by its name here.
        var rooms = bySet.Where(s => !s.Key.OfRanges).ToDictionary(s => s.Key.Name, s => (uint)Math.Max(RoomMin, 2 * s.Count()));
        batch.ReplaceTable(EnforcementTable.Parts, set => rooms.GetValueOrDefault(set.Name));
        Put(batch, add: true, bySet);
        batch.Families(EnforcementTable.Lease, EnforcementTable.Families, known: false, (ulong)lease.TotalMilliseconds);
        if (Send(batch) is { } error)
            throw Failed("The table cannot be made", error);
    }

    /// <inheritdoc/>
    public bool Has(EnforcedElement single)
    {
        var set = EnforcementTable.SetOf(single);
        var number = sequence++;
        kernel.Send(NftQuery.Single(EnforcementTable.Name, set.Name, single.Prefix.First, number).Span);
        var found = false;
        Answers(number, message =>
        {
            var elements = new List<NftElement>();
            NftAnswer.Elements(message, elements);
            found |= elements.Any(e => e.Address(set.IsIPv4) == single.Prefix.First);
        }, out var error);
        return error is 0 or NotFound ? found : throw Failed("An element cannot be read", error);
    }

    /// <inheritdoc/>
    public bool TryRenew(Duration lease)
    {
        this.lease = lease;
        var batch = new NftBatch(EnforcementTable.Name, sequence);
        batch.Families(EnforcementTable.Lease, EnforcementTable.Families, known: true, (ulong)lease.TotalMilliseconds);
        return Send(batch) is null;
    }

    /// <summary>Removes the table: nothing is blocked any more.</summary>
    public void Remove()
    {
        var batch = new NftBatch(EnforcementTable.Name, sequence);
        batch.DeleteTable();
        if (Send(batch) is { } error and not NotFound)
            throw Failed("The table cannot be removed", error);
    }

    /// <inheritdoc/>
    public async Task ForeignChangeAsync(CancellationToken stop)
    {
        while (true)
        {
            int octets;
            try
            {
                octets = await news.ReceiveAsync(newsBuffer, stop);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                // More news than were kept for us: ours, of a large change, or those of others. Until all is read, the kernel drops more of them
                // without a word, so what was dropped must have happened before anyone looks.
                Drain();
                return;
            }

            if (TellsOfOthers(newsBuffer.AsSpan(0, octets)))
            {
                // A change of many elements is told in many pieces, and whoever looks now sees what all of them tell.
                Drain();
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        kernel.Dispose();
        news.Dispose();
        owner.Dispose();
    }

    private void Drain()
    {
        for (var reads = 0; reads < DrainReadsMax; reads++)
        {
            try
            {
                if (news.Receive(newsBuffer) == 0)
                    return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                // And again.
            }
        }
    }

    private bool TellsOfOthers(ReadOnlySpan<byte> octets)
    {
        foreach (var message in new NetlinkMessages(octets))
        {
            if (message.Port != kernel.Port && NftAnswer.IsAbout(message, EnforcementTable.Name))
                return true;
        }

        return false;
    }

    private HashSet<EnforcedElement>? ReadOnce()
    {
        if (!IsMadeAsOurs())
            return null;
        // A lease that is over lets everything pass.
        if (ReadSet(EnforcementTable.Lease).Count != EnforcementTable.Families.Length)
            return null;
        var elements = new HashSet<EnforcedElement>();
        foreach (var set in EnforcementTable.Sets)
        {
            var read = ReadSet(set.Name);
            elements.EnsureCapacity(elements.Count + read.Count);
            if (set.OfRanges)
            {
                elements.UnionWith(NftAnswer.Ranges(read, set.IsIPv4).Select(p => new EnforcedElement(set.List, p)));
            }
            else
            {
                foreach (var element in read)
                    elements.Add(new EnforcedElement(set.List, Prefix.Single(element.Address(set.IsIPv4))));
            }
        }

        return elements;
    }

    // Sets and chains by name, the rules of a chain in their order, and nothing besides.
    private bool IsMadeAsOurs()
    {
        foreach (var kind in Enum.GetValues<NftKind>())
        {
            var expected = EnforcementTable.Parts.Where(p => p.Kind == kind).ToLookup(p => p.Name);
            var seen = new Dictionary<string, int>();
            var matches = true;
            Ask(kind, (name, attributes) =>
            {
                var nth = seen.GetValueOrDefault(name);
                seen[name] = nth + 1;
                matches &= expected[name].ElementAtOrDefault(nth)?.IsTold(attributes) == true;
            });
            if (!matches || seen.Values.Sum() != expected.Sum(e => e.Count()))
                return false;
        }

        return true;
    }

    private delegate void OnPart(string name, NetlinkAttributes attributes);

    private delegate void OnMessage(NetlinkMessage message);

    private void Ask(NftKind kind, OnPart onPart)
    {
        var number = sequence++;
        kernel.Send(NftQuery.All(kind, EnforcementTable.Name, number).Span);
        Answers(number, message =>
        {
            if (NftAnswer.IsAbout(message, EnforcementTable.Name))
                onPart(NftAnswer.NameOf(kind, message), NftAnswer.Attributes(message));
        }, out var error);
        if (error is not (0 or NotFound))
            throw Failed("The packet filter cannot be read", error);
    }

    private List<NftElement> ReadSet(string set)
    {
        var elements = new List<NftElement>();
        var number = sequence++;
        kernel.Send(NftQuery.Elements(EnforcementTable.Name, set, number).Span);
        Answers(number, message => NftAnswer.Elements(message, elements), out var error);
        return error is 0 or NotFound ? elements : throw Failed("A set cannot be read", error);
    }

    // The kernel answers before a send returns, and continues a long answer whenever some of it is read: when nothing waits, nothing will come.
    private void Answers(uint number, OnMessage onMessage, out int error)
    {
        error = 0;
        var interrupted = false;
        while (Receive() is > 0 and var octets)
        {
            foreach (var message in new NetlinkMessages(buffer.AsSpan(0, octets)))
            {
                if (message.Sequence != number)
                    continue;
                interrupted |= (message.Flags & NetlinkFlags.DumpInterrupted) != 0;
                if (message.Type is NetlinkMessage.Error or NetlinkMessage.Done)
                    error = message.ErrorNumber;
                else
                    onMessage(message);
            }
        }

        if (interrupted || error == Interrupted)
            throw new InterruptedDumpException();
    }

    private int Receive()
    {
        try
        {
            return kernel.Receive(buffer);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            throw new EnforcementException("The kernel had more to say than it could keep for us.", e);
        }
    }

    // There is one of each set, and to compare their names a hundred thousand times takes its time.
    private static ILookup<EnforcementTable.ElementSet, EnforcedElement> BySet(IEnumerable<EnforcedElement> elements) =>
        elements.ToLookup<EnforcedElement, EnforcementTable.ElementSet>(EnforcementTable.SetOf, ReferenceEqualityComparer.Instance);

    private static void Put(NftBatch batch, bool add, ILookup<EnforcementTable.ElementSet, EnforcedElement> elements)
    {
        foreach (var group in elements)
        {
            if (group.Key.OfRanges)
                batch.Ranges(add, group.Key.Name, group.Select(e => e.Prefix));
            else
                batch.Singles(add, group.Key.Name, group.Select(e => e.Prefix.First));
        }
    }

    // Null when all is in force; the first error when nothing is.
    private int? Send(NftBatch batch)
    {
        var messages = batch.Finish();
        // The kernel would tell us of each element that we have just written, which takes it longer than to write them, and more than it keeps
        // for us. What others change meanwhile goes unheard, but not unseen: after a change like this everything is read back.
        var isLarge = messages.Length > TellsAtMost;
        if (isLarge)
            news.Follow(TableChanges, isWanted: false);
        try
        {
            kernel.Send(messages.Span);
        }
        finally
        {
            if (isLarge)
                news.Follow(TableChanges, isWanted: true);
        }

        sequence = batch.Last + 2;
        int? error = null;
        var answered = false;
        while (Receive() is > 0 and var octets)
        {
            foreach (var message in new NetlinkMessages(buffer.AsSpan(0, octets)))
            {
                if (message.Type != NetlinkMessage.Error || message.Sequence < batch.First || message.Sequence > batch.Last + 1)
                    continue;
                answered |= message.Sequence == batch.Last;
                if (message.ErrorNumber != 0)
                    error ??= message.ErrorNumber;
            }
        }

        if (error == NoPermission)
            throw Failed("", NoPermission);
        return error ?? (answered ? null : throw new EnforcementException("The kernel did not say whether the change is in force."));
    }

    private static EnforcementException Failed(string what, int error) => new(error == NoPermission
        ? EnforcementException.NoPermission
        : $"{what}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");

    private sealed class InterruptedDumpException : Exception;
}
