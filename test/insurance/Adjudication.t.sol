// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Adjudication} from "../../contracts/insurance/Adjudication.sol";
import {IPlanRegistry} from "../../contracts/insurance/interfaces/IPlanRegistry.sol";
import {Benefit, Cover, PackedBenefit} from "../../contracts/types/Benefit.sol";
import {Line} from "../../contracts/types/Claim.sol";
import {Accumulators, Limits, LineOutcome, Outcome} from "../../contracts/types/Outcome.sol";
import {ServiceKey} from "../../contracts/types/Plan.sol";
import {bound, vm} from "../Vm.sol";

/// @notice What holds of every adjudication, whatever the plan and the claim.
contract AdjudicationTest {
    /// @dev Few enough that amounts up to `MAX_SCALE` add up to less than 2^96.
    uint256 internal constant MAX_LINES = 12;
    uint256 internal constant MAX_SCALE_BITS = 92;

    /// @dev All that decides about a claim.
    struct Claim {
        Limits limits;
        Accumulators before;
        uint24 networkEnd;
        Benefit[] benefits;
        Line[] lines;
        uint96[] authorized;
    }

    /// @dev Numbers that follow from a seed.
    struct Dice {
        uint256 state;
        uint256 scale;
    }

    /* BOOKS */

    function testFuzz_WhatIsBilledIsSharedOutToTheUnit(uint256 seed) external view {
        Claim memory claim = _claim(seed);

        (Outcome memory outcome, LineOutcome[] memory outcomes) = _adjudicate(claim);

        Outcome memory sum;
        for (uint256 i; i < outcomes.length; ++i) {
            LineOutcome memory line = outcomes[i];
            uint96 costSharing = line.copay + line.deductible + line.coinsurance;
            vm.assertEq(line.benefit + line.patientShare + line.writeOff, claim.lines[i].billed);
            vm.assertLe(line.eligible, claim.lines[i].billed, "eligible beyond billed");
            vm.assertLe(costSharing + line.benefit, line.eligible, "shared out beyond eligible");
            vm.assertLe(costSharing, line.patientShare, "cost sharing beyond the patient's share");
            sum.billed += claim.lines[i].billed;
            sum.benefit += line.benefit;
            sum.patientShare += line.patientShare;
            sum.writeOff += line.writeOff;
            sum.deductible += line.deductible;
            sum.outOfPocket += costSharing;
        }
        vm.assertEq(keccak256(abi.encode(outcome)), keccak256(abi.encode(sum)));
    }

    function testFuzz_NoLimitIsPassed(uint256 seed) external view {
        Claim memory claim = _claim(seed);

        (Outcome memory outcome, ) = _adjudicate(claim);

        Accumulators memory done = _afterwards(claim.before, outcome);
        vm.assertLe(done.deductible, claim.limits.deductible, "deductible");
        vm.assertLe(done.outOfPocket, claim.limits.outOfPocketMax, "out of pocket");
        if (claim.limits.annualLimit != 0) vm.assertLe(done.benefit, claim.limits.annualLimit, "annual limit");
    }

    function testFuzz_OnlyATooLargeClaimIsRefused(uint256 seed, uint256 scaleBits) external view {
        Dice memory dice = Dice({state: seed, scale: 1 << bound(scaleBits, MAX_SCALE_BITS, 96)});
        Claim memory claim = _claimOf(dice);
        // What no policy comes to, too.
        claim.before = Accumulators(uint96(_roll(dice)), uint96(_roll(dice)), uint96(_roll(dice)));
        uint256 billed;
        for (uint256 i; i < claim.lines.length; ++i) billed += claim.lines[i].billed;

        try
            this.adjudicate(claim.limits, claim.before, claim.networkEnd, claim.benefits, claim.lines, claim.authorized)
        returns (Outcome memory outcome, LineOutcome[] memory) {
            vm.assertEq(outcome.billed, billed);
            vm.assertEq(uint256(outcome.benefit) + outcome.patientShare + outcome.writeOff, billed);
        } catch (bytes memory refusal) {
            vm.assertTrue(billed > type(uint96).max, "refused what fits");
            vm.assertEq(
                keccak256(refusal),
                keccak256(abi.encodeWithSelector(IPlanRegistry.ClaimTooLarge.selector, billed))
            );
        }
    }

    /* ORDER */

    function testFuzz_ClaimsInARowComeToTheSameAsOneOfAllTheirLines(uint256 seed, uint256 place) external view {
        Claim memory claim = _claim(seed);
        place = bound(place, 0, claim.lines.length);

        (, LineOutcome[] memory whole) = _adjudicate(claim);

        Claim memory part = _part(claim, 0, place);
        (Outcome memory outcome, LineOutcome[] memory first) = _adjudicate(part);
        part = _part(claim, place, claim.lines.length);
        part.before = _afterwards(claim.before, outcome);
        (, LineOutcome[] memory second) = _adjudicate(part);
        for (uint256 i; i < whole.length; ++i) {
            _assertSame(whole[i], i < place ? first[i] : second[i - place]);
        }
    }

    function testFuzz_TheOrderOfLinesMovesNeitherWhatIsBilledNorWhatIsWrittenOff(uint256 seed) external view {
        Claim memory claim = _claim(seed);
        uint256 last = claim.lines.length - 1;
        Claim memory turned = _part(claim, 0, last + 1);
        for (uint256 i; i <= last; ++i) {
            turned.lines[i] = claim.lines[last - i];
            turned.benefits[i] = claim.benefits[last - i];
            turned.authorized[i] = claim.authorized[last - i];
        }

        (Outcome memory outcome, LineOutcome[] memory outcomes) = _adjudicate(claim);
        (Outcome memory other, LineOutcome[] memory others) = _adjudicate(turned);

        vm.assertEq(other.billed, outcome.billed);
        vm.assertEq(other.writeOff, outcome.writeOff);
        for (uint256 i; i <= last; ++i) vm.assertEq(others[last - i].eligible, outcomes[i].eligible);
    }

    /* ONE LINE */

    function testFuzz_ABetterPlanPaysNoLess(uint256 seed, uint96 more) external view {
        Claim memory claim = _part(_claim(seed), 0, 1);
        uint96 benefit = _benefitOf(claim);

        Claim memory better = _part(claim, 0, 1);
        better.benefits[0].allowed = _plus(claim.benefits[0].allowed, more);
        vm.assertLe(benefit, _benefitOf(better), "allowed");

        better = _part(claim, 0, 1);
        better.benefits[0].copay -= uint96(more % (uint256(claim.benefits[0].copay) + 1));
        vm.assertLe(benefit, _benefitOf(better), "copay");

        better = _part(claim, 0, 1);
        better.benefits[0].coinsuranceBps -= uint16(more % (uint256(claim.benefits[0].coinsuranceBps) + 1));
        vm.assertLe(benefit, _benefitOf(better), "coinsurance");

        better = _part(claim, 0, 1);
        better.benefits[0].deductibleApplies = false;
        vm.assertLe(benefit, _benefitOf(better), "deductible");

        better = _part(claim, 0, 1);
        better.benefits[0].needsPreauthorization = false;
        vm.assertLe(benefit, _benefitOf(better), "preauthorisation");

        better = _part(claim, 0, 1);
        better.authorized[0] = _plus(claim.authorized[0], more);
        vm.assertLe(benefit, _benefitOf(better), "authorised");
    }

    function testFuzz_MoreSpentBeforeNeverLowersTheBenefit(uint256 seed, uint96 more) external view {
        Claim memory claim = _part(_claim(seed), 0, 1);
        uint96 benefit = _benefitOf(claim);

        claim.before.deductible += uint96(more % (uint256(claim.limits.deductible - claim.before.deductible) + 1));
        vm.assertLe(benefit, _benefitOf(claim), "deductible");
        benefit = _benefitOf(claim);

        claim.before.outOfPocket += uint96(
            more % (uint256(claim.limits.outOfPocketMax - claim.before.outOfPocket) + 1)
        );
        vm.assertLe(benefit, _benefitOf(claim), "out of pocket");
    }

    function testFuzz_TheNetworkMovesOnlyWhoBearsTheRest(uint256 seed) external view {
        Claim memory claim = _part(_claim(seed), 0, 1);

        claim.networkEnd = claim.lines[0].day + 1;
        (Outcome memory within, ) = _adjudicate(claim);
        claim.networkEnd = claim.lines[0].day;
        (Outcome memory outside, ) = _adjudicate(claim);

        vm.assertEq(outside.writeOff, 0);
        vm.assertEq(outside.patientShare, within.patientShare + within.writeOff);
        vm.assertEq(outside.benefit, within.benefit);
        vm.assertEq(outside.outOfPocket, within.outOfPocket);
    }

    /* INTERNAL */

    /// @dev The library takes its lines from calldata.
    function adjudicate(
        Limits calldata limits,
        Accumulators calldata before,
        uint24 networkEnd,
        Benefit[] calldata benefits,
        Line[] calldata lines,
        uint96[] calldata authorized
    ) external pure returns (Outcome memory, LineOutcome[] memory) {
        PackedBenefit[] memory packed = new PackedBenefit[](benefits.length);
        for (uint256 i; i < benefits.length; ++i) packed[i] = benefits[i].pack();
        return Adjudication.adjudicate(limits, before, networkEnd, packed, lines, authorized);
    }

    function _adjudicate(Claim memory claim) internal view returns (Outcome memory, LineOutcome[] memory) {
        return
            this.adjudicate(
                claim.limits,
                claim.before,
                claim.networkEnd,
                claim.benefits,
                claim.lines,
                claim.authorized
            );
    }

    function _benefitOf(Claim memory claim) internal view returns (uint96) {
        (Outcome memory outcome, ) = _adjudicate(claim);
        return outcome.benefit;
    }

    /// @dev A claim that fits, after claims that passed no limit.
    function _claim(uint256 seed) internal pure returns (Claim memory) {
        return _claimOf(Dice({state: seed, scale: 1 << bound(seed, 4, MAX_SCALE_BITS)}));
    }

    function _claimOf(Dice memory dice) internal pure returns (Claim memory claim) {
        claim.limits.deductible = _amount(dice);
        claim.limits.outOfPocketMax = _plus(claim.limits.deductible, _amount(dice));
        if (_roll(dice) % 2 == 0) claim.limits.annualLimit = _amount(dice);
        if (_roll(dice) % 2 == 0) {
            claim.before.deductible = _upTo(dice, claim.limits.deductible);
            uint96 others = claim.limits.outOfPocketMax - claim.before.deductible;
            claim.before.outOfPocket = claim.before.deductible + _upTo(dice, others);
            claim.before.benefit = _upTo(dice, claim.limits.annualLimit);
        }
        claim.networkEnd = 10;
        uint256 count = 1 + (_roll(dice) % MAX_LINES);
        claim.benefits = new Benefit[](count);
        claim.lines = new Line[](count);
        claim.authorized = new uint96[](count);
        for (uint256 i; i < count; ++i) {
            claim.benefits[i] = Benefit({
                allowed: _amount(dice),
                copay: _amount(dice) / 16,
                coinsuranceBps: uint16(_roll(dice) % 10_001),
                cover: _roll(dice) % 8 == 0 ? Cover.Excluded : Cover.Covered,
                deductibleApplies: _roll(dice) % 4 != 0,
                needsPreauthorization: _roll(dice) % 4 == 0
            });
            claim.lines[i] = Line({
                service: ServiceKey.wrap(bytes32(i)),
                day: uint24(8 + (_roll(dice) % 4)),
                number: uint8(i),
                quantity: uint32(1 + (_roll(dice) % 4_000)),
                billed: _amount(dice)
            });
            if (_roll(dice) % 4 != 0) claim.authorized[i] = _amount(dice);
        }
    }

    /// @dev Some of a claim's lines, in memory of their own.
    function _part(Claim memory claim, uint256 from, uint256 to) internal pure returns (Claim memory part) {
        part = abi.decode(abi.encode(claim), (Claim));
        part.lines = new Line[](to - from);
        part.benefits = new Benefit[](to - from);
        part.authorized = new uint96[](to - from);
        Claim memory copy = abi.decode(abi.encode(claim), (Claim));
        for (uint256 i = from; i < to; ++i) {
            part.lines[i - from] = copy.lines[i];
            part.benefits[i - from] = copy.benefits[i];
            part.authorized[i - from] = copy.authorized[i];
        }
    }

    function _afterwards(
        Accumulators memory before,
        Outcome memory outcome
    ) internal pure returns (Accumulators memory) {
        return
            Accumulators({
                deductible: before.deductible + outcome.deductible,
                outOfPocket: before.outOfPocket + outcome.outOfPocket,
                benefit: before.benefit + outcome.benefit
            });
    }

    function _roll(Dice memory dice) internal pure returns (uint256) {
        dice.state = uint256(keccak256(abi.encode(dice.state)));
        return dice.state;
    }

    /// @dev Small amounts and large ones are as frequent.
    function _amount(Dice memory dice) internal pure returns (uint96) {
        uint256 amount = _roll(dice) % dice.scale;
        return uint96(_roll(dice) % 2 == 0 ? amount : amount >> (_roll(dice) % 96));
    }

    function _upTo(Dice memory dice, uint96 most) internal pure returns (uint96) {
        return uint96(_roll(dice) % (uint256(most) + 1));
    }

    function _plus(uint96 amount, uint96 more) internal pure returns (uint96) {
        return more > type(uint96).max - amount ? type(uint96).max : amount + more;
    }

    function _assertSame(LineOutcome memory left, LineOutcome memory right) internal pure {
        vm.assertEq(keccak256(abi.encode(left)), keccak256(abi.encode(right)));
    }

    /* THE WORD A BENEFIT IS STORED IN */

    function testFuzz_ABenefitsWordGivesBackWhatWentIn(
        uint96 allowed,
        uint96 copay,
        uint16 coinsuranceBps,
        uint8 cover,
        bool deductibleApplies,
        bool needsPreauthorization
    ) external pure {
        Benefit memory benefit = Benefit({
            allowed: allowed,
            copay: copay,
            coinsuranceBps: coinsuranceBps,
            cover: Cover(cover % 3),
            deductibleApplies: deductibleApplies,
            needsPreauthorization: needsPreauthorization
        });
        vm.assertEq(keccak256(abi.encode(benefit.pack().unpack())), keccak256(abi.encode(benefit)));
    }
}
