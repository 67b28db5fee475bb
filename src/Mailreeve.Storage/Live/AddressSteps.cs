using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mailreeve.Storage.Live;

/// <summary>
/// Where among the 256 addresses of a /24 another entry begins, for those /24 of an <see cref="AddressMap{T}"/> in which one does. An entry is the
/// index of a prefix, or −1 for none; or, below that, such a /24.
/// </summary>
internal readonly struct AddressSteps
{
    private readonly Step[] steps;
    private readonly int[] entries;

    private AddressSteps(Step[] steps, int[] entries) => (this.steps, this.entries) = (steps, entries);

    /// <summary>No steps.</summary>
    public static readonly AddressSteps None = new([], []);

    /// <summary>Whether an entry is a step.</summary>
    public static bool IsStep(int entry) => entry < -1;

    /// <summary>Takes a step.</summary>
    /// <param name="step">An entry that is a step of these.</param>
    /// <param name="octet">The octet.</param>
    /// <returns>The entry it leads to.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Follow(int step, byte octet) => Unsafe.Add(
        ref MemoryMarshal.GetArrayDataReference(entries), Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(steps), -2 - step).PlaceOf(octet));

    /// <summary>Makes them.</summary>
    public sealed class Builder
    {
        private readonly List<Step> steps = [];
        private readonly List<int> entries = [];

        /// <summary>Adds one.</summary>
        /// <param name="begins">256 bits: with which octets an entry begins, with the first of them at any rate.</param>
        /// <param name="found">The entries.</param>
        /// <returns>The step, as an entry.</returns>
        public int Add(ReadOnlySpan<ulong> begins, ReadOnlySpan<int> found)
        {
            steps.Add(new Step(begins, entries.Count));
            entries.AddRange(found);
            return -1 - steps.Count;
        }

        /// <summary>All that were added.</summary>
        public AddressSteps Build() => new([.. steps], [.. entries]);
    }

    // 40 octets for up to 256 entries.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Step
    {
        private readonly ulong begins0;
        private readonly ulong begins1;
        private readonly ulong begins2;
        private readonly ulong begins3;
        private readonly int firstEntry;

        // How many begin before each of the four, an octet each; 192 at most.
        private readonly uint before;

        public Step(ReadOnlySpan<ulong> begins, int firstEntry)
        {
            (begins0, begins1, begins2, begins3) = (begins[0], begins[1], begins[2], begins[3]);
            this.firstEntry = firstEntry;
            var count = 0;
            for (var i = 0; i < begins.Length; i++)
            {
                before |= (uint)count << (8 * i);
                count += BitOperations.PopCount(begins[i]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int PlaceOf(byte octet)
        {
            var quarter = octet >> 6;
            // Shifts take the lower six bits of what they shift by: all up to this octet.
            var upTo = Unsafe.Add(ref Unsafe.AsRef(in begins0), quarter) << (63 - octet);
            return firstEntry + (byte)(before >> (8 * quarter)) + BitOperations.PopCount(upTo) - 1;
        }
    }
}
