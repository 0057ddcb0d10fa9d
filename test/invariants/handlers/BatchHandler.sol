// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {
    Commission,
    IBatches,
    RecallClass,
    RecallDepth,
    RecallStatus
} from "../../../contracts/medication/interfaces/IBatches.sol";
import {Batch, BatchId} from "../../../contracts/types/Batch.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {Serials} from "../Serials.sol";
import {CustodyStore} from "../stores/CustodyStore.sol";
import {TradeWorld} from "../TradeWorld.sol";
import {bound} from "../../Vm.sol";
import {TradeHandler} from "./TradeHandler.sol";

/// @notice Batches are commissioned, held and recalled.
contract BatchHandler is TradeHandler {
    uint256 internal constant MAX_LOTS = 4;

    constructor(TradeWorld inhabited, CustodyStore custody) TradeHandler(inhabited, custody) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](6);
        selectors[0] = this.commission.selector;
        selectors[1] = this.recall.selector;
        selectors[2] = this.terminate.selector;
        selectors[3] = this.rescind.selector;
        selectors[4] = this.hold.selector;
        selectors[5] = this.release.selector;
    }

    function commission(uint256 productSeed, uint256 unitsSeed, uint256 expirySeed, uint256 callerSeed) external {
        if (store.lotCount() == MAX_LOTS) return;
        Batch memory batch = Batch(TRADE.product(productSeed), bytes32(1 + store.lotCount()));
        CustodyStore.Lot memory lot;
        lot.id = BatchId.wrap(keccak256(abi.encode(batch)));
        lot.maker = TRADE.PRODUCTS().manufacturerOf(batch.product);
        lot.units = uint24(bound(unitsSeed, 2, 40));
        lot.expiry = uint40(block.timestamp + bound(expirySeed, 0, 20_000 days));
        lot.prescriptionOnly = productSeed % 3 == 1;
        address caller = _caller(lot.maker, callerSeed);
        bytes32 root = Serials.root(lot.id, lot.units);

        bool rightful =
            _actsFor(caller, lot.maker) && _isLive(lot.maker, Role.Manufacturer) && lot.expiry > block.timestamp;
        bool succeeded = _act(
            caller,
            abi.encodeCall(IBatches.commission, (batch, Commission(lot.expiry, lot.units, root)))
        );

        store.judge(succeeded, rightful);
        if (succeeded) store.commissioned(lot);
    }

    function recall(uint256 lotSeed, uint256 organisationSeed, uint256 classSeed, uint256 callerSeed) external {
        // Rarely, or nothing would be dispensed.
        if (callerSeed % 8 != 0) return;
        (uint256 index, CustodyStore.Lot memory lot) = _lot(lotSeed);
        address organisation = [TRADE.REGULATOR(), lot.maker, TRADE.partner(organisationSeed)][organisationSeed % 3];
        _recall(index, organisation, _caller(organisation, callerSeed / 8), classSeed);
    }

    function terminate(uint256 lotSeed, uint256 callerSeed) external {
        (uint256 index, CustodyStore.Lot memory lot) = _lot(lotSeed);
        address caller = _caller(TRADE.REGULATOR(), callerSeed);

        bool succeeded = _act(caller, abi.encodeCall(IBatches.terminateRecall, (lot.id, caller, 0)));

        store.judge(succeeded, caller == TRADE.REGULATOR() && lot.recall == RecallStatus.Ongoing);
        if (succeeded) store.recalled(index, RecallStatus.Terminated, lot.recallClass, lot.recallDepth);
    }

    function rescind(uint256 lotSeed, uint256 callerSeed) external {
        (uint256 index, CustodyStore.Lot memory lot) = _lot(lotSeed);
        address caller = _caller(TRADE.REGULATOR(), callerSeed);

        bool succeeded = _act(caller, abi.encodeCall(IBatches.rescindRecall, (lot.id, TRADE.REGULATOR(), 0)));

        store.judge(succeeded, caller == TRADE.REGULATOR() && lot.recall != RecallStatus.None);
        if (succeeded) store.recalled(index, RecallStatus.None, 0, 0);
    }

    function hold(uint256 lotSeed, uint256 callerSeed, uint256 rarity) external {
        if (rarity % 8 == 0) _setHold(lotSeed, callerSeed, true);
    }

    function release(uint256 lotSeed, uint256 callerSeed) external {
        _setHold(lotSeed, callerSeed, false);
    }

    function _recall(uint256 index, address organisation, address caller, uint256 classSeed) internal {
        CustodyStore.Lot memory lot = store.lotAt(index);
        (uint8 class, uint8 depth) = (uint8(classSeed % 4), uint8((classSeed / 4) % 3));

        bool isMaker = organisation == lot.maker && class >= lot.recallClass && depth >= lot.recallDepth;
        bool succeeded = _act(
            caller,
            abi.encodeCall(IBatches.recall, (lot.id, organisation, RecallClass(class), RecallDepth(depth), 0))
        );

        store.judge(succeeded, _actsFor(caller, organisation) && (isMaker || organisation == TRADE.REGULATOR()));
        if (succeeded) store.recalled(index, RecallStatus.Ongoing, class, depth);
    }

    function _setHold(uint256 lotSeed, uint256 callerSeed, bool held) internal {
        (uint256 index, CustodyStore.Lot memory lot) = _lot(lotSeed);
        address regulator = callerSeed % 16 == 1 ? TRADE.partner(callerSeed / 16) : TRADE.REGULATOR();
        address caller = _caller(regulator, callerSeed);

        bool succeeded = _act(
            caller,
            held
                ? abi.encodeCall(IBatches.holdBatch, (lot.id, regulator, 0))
                : abi.encodeCall(IBatches.releaseBatch, (lot.id, regulator, 0))
        );

        store.judge(succeeded, regulator == TRADE.REGULATOR() && caller == regulator && lot.held != held);
        if (succeeded) store.batchHeld(index, held);
    }

    function _lot(uint256 seed) internal view returns (uint256 index, CustodyStore.Lot memory lot) {
        index = seed % store.lotCount();
        lot = store.lotAt(index);
    }
}
