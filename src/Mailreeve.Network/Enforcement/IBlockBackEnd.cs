using Mailreeve.Policy.Blocks;
using NodaTime;

namespace Mailreeve.Network.Enforcement;

/// <summary>
/// Something that stops packets, and that <see cref="Reconciler"/> keeps as it should be. It only does and tells: what should be is decided
/// elsewhere.
/// </summary>
public interface IBlockBackEnd : IDisposable
{
    /// <summary>What it is called in rows, figures and logs: <c>nftables</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether it has to know what is never blocked, as elements of <see cref="EnforcedList.Never"/>. What is told only of prefixes to drop, from
    /// which that has been taken out, need not.
    /// </summary>
    bool HoldsNever { get; }

    /// <summary>What it can do about a block: how sure one can be of it, and what it leaves undone. The same for as long as it is open.</summary>
    BlockReach ReachOf(BlockTarget block);

    /// <summary>What is in force, as read back; where nobody can be asked, what was announced and has not been taken back.</summary>
    /// <returns>Null when there is nothing of ours, or something else than we made: only <see cref="Replace"/> helps.</returns>
    /// <exception cref="EnforcementException">It cannot be read.</exception>
    HashSet<EnforcedElement>? Read();

    /// <summary>Removes and adds elements, all at once or none.</summary>
    /// <returns><see langword="false"/> when nothing was changed, since something else is in force than was believed.</returns>
    bool TryApply(IReadOnlyCollection<EnforcedElement> removed, IReadOnlyCollection<EnforcedElement> added);

    /// <summary>Makes everything anew, all at once: there is no moment in which a packet passes that both the old and the new would stop.</summary>
    /// <exception cref="EnforcementException">It was refused; what was in force still is.</exception>
    void Replace(IReadOnlyCollection<EnforcedElement> elements);

    /// <summary>Whether a single address is an element now, as read back.</summary>
    bool Has(EnforcedElement single);

    /// <summary>Lets everything stay in force for so long from now, without a word from us: a program that has died must not block for ever.</summary>
    /// <returns><see langword="false"/> when something else is in force than was believed.</returns>
    bool TryRenew(Duration lease);

    /// <summary>Ends when somebody else has changed what is ours, or may have.</summary>
    Task ForeignChangeAsync(CancellationToken stop);
}
