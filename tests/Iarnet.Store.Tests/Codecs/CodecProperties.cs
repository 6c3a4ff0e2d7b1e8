using FsCheck;
using FsCheck.Fluent;

namespace Iarnet.Store.Tests.Codecs;

public sealed class CodecProperties
{
    // FsCheck prints the seed of a run that fails: give it to Config.WithReplay to have it again.
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Every_array_of_primitives_comes_back()
    {
        Check<byte[]>();
        Check<sbyte[]>();
        Check<short[]>();
        Check<ushort[]>();
        Check<int[]>();
        Check<uint[]>();
        Check<long[]>();
        Check<ulong[]>();
        Check<float[]>();
        Check<double[]>();
        Check<bool[]>();
    }

    [Fact]
    public void Every_shape_of_json_comes_back()
    {
        Check<int>();
        Check<long>();
        Check<double>();
        Check<decimal>();
        Check<bool>();
        Check<string>(WellFormed);
        Check<List<(int, bool)>>();
        Check<Dictionary<int, double>>();
        Check<Tuple<int, long?, DayOfWeek>>();
        Check<(int, (double, int?), DayOfWeek)>();
        Check<int[][]>();
        Check<DateTime>();
        Check<TimeSpan>();
        Check<Guid>();
    }

    private static void Check<T>(Func<T, bool>? only = null) => Prop.ForAll<T>(value =>
    {
        if (only is null || value is null || only(value))
        {
            Assert.Equal(value, CodecRegistry.Default.Decode<T>(CodecRegistry.Default.Encode(value)));
        }

        return true;
    }).Check(Runs);

    // A lone surrogate is no text and JSON cannot hold it.
    private static bool WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
